// The lines between regions: drag one, or move it with the arrow keys; a double click puts it back.
import { computed, html } from '../lib.js';
import { remembered } from '../state/prefs.js';

const STEP = 3;

// value: percent of the room that what is above, or left of the line, takes.
const line = (name, usual, least, most, label, upright = true) => {
  const kept = remembered(name, usual);
  const within = (percent) => Math.round(Math.min(most, Math.max(least, percent)));
  return { usual, least, most, label, upright, set: (percent) => { kept.value = within(percent); }, value: computed(() => (Number.isFinite(kept.value) ? within(kept.value) : usual)) };
};

export const LINES = {
  rows: line('split', 58, 20, 85, 'Height of the blotter', false),
  messages: line('split.messages', 50, 25, 75, 'Width of the messages'),
  orders: line('split.orders', 64, 35, 78, 'Width of the blotter'),
  both: line('split.both', 66, 35, 78, 'Width of blotter and messages'),
};

// From the edge of what the line divides, which the ticket is not part of.
function place({ upright }, element, { clientX, clientY }) {
  const box = element.parentElement.getBoundingClientRect();
  if (!upright) return ((clientY - box.top) / box.height) * 100;
  const { right: left } = element.parentElement.querySelector('.left').getBoundingClientRect();
  return ((clientX - left) / (box.right - left)) * 100;
}

function drag(event, one) {
  const element = event.currentTarget;
  const move = (moved) => one.set(place(one, element, moved));
  const end = () => {
    element.removeEventListener('pointermove', move);
    element.removeEventListener('pointerup', end);
    element.removeEventListener('pointercancel', end);
  };
  element.setPointerCapture(event.pointerId);
  element.addEventListener('pointermove', move);
  element.addEventListener('pointerup', end);
  element.addEventListener('pointercancel', end);
  event.preventDefault();
}

const STEPS = { upright: { ArrowLeft: -STEP, ArrowRight: STEP }, flat: { ArrowUp: -STEP, ArrowDown: STEP } };

function key(event, one) {
  const step = STEPS[one.upright ? 'upright' : 'flat'][event.key];
  if (!step) return;
  event.preventDefault();
  one.set(one.value.peek() + step);
}

export function Splitter({ name = 'rows' }) {
  const one = LINES[name];
  return html`<div class=${`splitter ${one.upright ? 'splitter-upright' : 'splitter-flat'}`} role="separator" aria-orientation=${one.upright ? 'vertical' : 'horizontal'} aria-label=${one.label} tabindex="0"
    aria-valuemin=${one.least} aria-valuemax=${one.most} aria-valuenow=${one.value.value} data-testid=${one.upright ? 'splitter-upright' : 'splitter'}
    onPointerDown=${(event) => drag(event, one)} onKeyDown=${(event) => key(event, one)} onDblClick=${() => one.set(one.usual)}></div>`;
}
