// Results stand in the free room of the top bar, one at a time, where they cover nothing; the rest unfolds on request. A page without such a room has them in the corner.
import { html, signal, useEffect, useRef } from '../lib.js';
import { dismiss, dismissAll, toasts } from '../state/toasts.js';
import { Icon } from './bits.js';

const ICONS = { good: 'check', error: 'warn', info: 'dot' };
const LEAST_PX = 180; // a narrower room is none

const unfolded = signal(false);
const inBar = signal(false);

const Toast = ({ one, newest }) => html`<div class="toast toast-${one.kind} ${newest ? 'newest' : ''}" data-testid="toast" data-kind=${one.kind}>
  <${Icon} name=${ICONS[one.kind]} size=${16} />
  <div class="toast-text" title=${[one.title, one.text].filter(Boolean).join('\n')}><b>${one.title}${one.times > 1 ? ` (${one.times} times)` : ''}</b>${one.text && html`<p>${one.text}</p>`}</div>
  ${newest && inBar.value && html`<${Unfold} />`}
  <button type="button" class="icon-button" aria-label="Dismiss" onClick=${() => dismiss(one.id)}><${Icon} name="cross" size=${12} /></button>
</div>`;

const Unfold = () => {
  const more = toasts.value.length - 1;
  const errors = toasts.value.slice(0, -1).some((one) => one.kind === 'error');
  return html`<button type="button" class=${`small unfold ${errors ? 'tone-bad' : ''}`} aria-expanded=${unfolded.value} aria-label=${unfolded.value ? 'Show the newest only' : `Show all results in full${more ? `, ${more} more` : ''}`} data-testid="toasts-unfold"
    onClick=${() => { unfolded.value = !unfolded.value; }}>${more > 0 && !unfolded.value ? `+${more} ` : ''}<${Icon} name=${unfolded.value ? 'up' : 'down'} size=${11} /></button>`;
};

// Follows the free room of the top bar.
function place(box) {
  const room = document.querySelector('.results-room');
  if (!room) return () => {};
  const put = () => {
    const { left, width } = room.getBoundingClientRect();
    inBar.value = width >= LEAST_PX;
    box.style.setProperty('--room-left', `${left}px`);
    box.style.setProperty('--room-width', `${width}px`);
  };
  const sizes = new ResizeObserver(put);
  sizes.observe(room);
  sizes.observe(document.documentElement);
  return () => sizes.disconnect();
}

// Two live regions, for an error must interrupt and a good result must not.
export const Toasts = () => {
  const all = toasts.value;
  const box = useRef(null);
  useEffect(() => place(box.current), []);
  // In the browser's top layer, and put on top anew while a dialog is open, which would hide what it led to.
  useEffect(() => {
    if (document.querySelector('dialog[open]')) box.current.hidePopover();
    if (!box.current.matches(':popover-open')) box.current.showPopover();
    if (!all.length) unfolded.value = false;
  }, [all]);
  const some = (errors) => all.filter((one) => (one.kind === 'error') === errors).map((one) => html`<${Toast} key=${one.id} one=${one} newest=${one === all.at(-1)} />`);
  return html`<section popover="manual" ref=${box} class=${`toasts ${inBar.value ? 'in-bar' : ''} ${unfolded.value ? 'unfolded' : ''}`} aria-label="Results" data-testid="toasts">
    <div aria-live="assertive">${some(true)}</div>
    <div aria-live="polite">${some(false)}</div>
    ${unfolded.value && all.length > 1 && html`<button type="button" class="small" data-testid="toasts-dismiss" onClick=${dismissAll}>Dismiss all</button>`}
  </section>`;
};
