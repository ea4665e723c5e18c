// Small parts used all over the page.
import { html } from '../lib.js';
import { statusIcon, statusLabel, statusTone } from '../fix/names.js';
import { ICONS } from './icons.js';

export const Icon = ({ name, size = 14 }) =>
  html`<svg class="icon" viewBox="0 0 16 16" width=${size} height=${size} aria-hidden="true" focusable="false" dangerouslySetInnerHTML=${{ __html: ICONS[name] }} />`;

const drawn = new Map();

function draw(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  for (const [attribute, value] of Object.entries({ class: 'icon', viewBox: '0 0 16 16', width: 12, height: 12, 'aria-hidden': true })) svg.setAttribute(attribute, value);
  svg.innerHTML = ICONS[name];
  drawn.set(name, svg);
  return svg;
}

// A copy of one that was drawn before: a table makes hundreds in a frame.
export const iconElement = (name) => (drawn.get(name) ?? draw(name)).cloneNode(true);

export const Status = ({ order }) =>
  html`<span class="status tone-${statusTone(order)}"><${Icon} name=${statusIcon(order)} size=${12} /> ${statusLabel(order)}</span>`;

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without HTTPS the clipboard is closed to scripts, but not to a selection.
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'sr';
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}
