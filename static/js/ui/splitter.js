// The line between blotter and messages: drag it, or move it with the arrow keys; a double click puts it back.
import { html } from '../lib.js';
import { remembered } from '../state/prefs.js';

const USUAL = 58; // percent of the height that the blotter takes
const [LEAST, MOST, STEP] = [20, 85, 3];

export const split = remembered('split', USUAL);

const set = (percent) => {
  split.value = Math.round(Math.min(MOST, Math.max(LEAST, percent)));
};

function drag(event) {
  const line = event.currentTarget;
  const box = line.parentElement.getBoundingClientRect();
  const move = ({ clientY }) => set(((clientY - box.top) / box.height) * 100);
  const end = () => {
    line.removeEventListener('pointermove', move);
    line.removeEventListener('pointerup', end);
    line.removeEventListener('pointercancel', end);
  };
  line.setPointerCapture(event.pointerId);
  line.addEventListener('pointermove', move);
  line.addEventListener('pointerup', end);
  line.addEventListener('pointercancel', end);
  event.preventDefault();
}

function key(event) {
  const step = { ArrowUp: -STEP, ArrowDown: STEP }[event.key];
  if (!step) return;
  event.preventDefault();
  set(split.value + step);
}

export const Splitter = () => html`<div class="splitter" role="separator" aria-orientation="horizontal" aria-label="Height of the blotter" tabindex="0"
  aria-valuemin=${LEAST} aria-valuemax=${MOST} aria-valuenow=${split.value} data-testid="splitter" onPointerDown=${drag} onKeyDown=${key} onDblClick=${() => set(USUAL)}></div>`;
