// Small parts used all over the page.
import { html } from '../lib.js';
import { statusIcon, statusLabel, statusTone } from '../fix/names.js';

const SPRITE = new URL('../../icons/sprite.svg', import.meta.url).pathname;

export const Icon = ({ name, size = 14 }) =>
  html`<svg class="icon" width=${size} height=${size} aria-hidden="true" focusable="false"><use href=${`${SPRITE}#${name}`} /></svg>`;

export const iconElement = (name) => {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('width', '12');
  svg.setAttribute('height', '12');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `${SPRITE}#${name}`);
  svg.append(use);
  return svg;
};

const LIGHTS = {
  connected: { icon: 'dot', tone: 'good', text: 'Connected' },
  connecting: { icon: 'half', tone: 'wait', text: 'Connecting' },
  not_connected: { icon: 'ring', tone: 'quiet', text: 'Not connected' },
  disconnected: { icon: 'cross', tone: 'bad', text: 'Disconnected' },
};

export const lightOf = (session) => LIGHTS[session?.state] ?? LIGHTS.not_connected;

export const Light = ({ session, words = true }) => {
  const light = lightOf(session);
  return html`<span class="light tone-${light.tone}" data-state=${session?.state}>
    <${Icon} name=${light.icon} size=${12} />${words ? html`<span>${light.text}</span>` : html`<span class="sr">${light.text}</span>`}
  </span>`;
};

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
