// A number of the market: where it has moved it shows for a moment, by an arrow and by its colour.
import { html, useLayoutEffect, useRef } from '../lib.js';
import { compareDecimals, showDecimal } from '../fix/decimal.js';

const LIT_MS = 700;
const SWEEP_MS = 150;

// What is lit, until when. Not by an animation: with every cell of a busy list at it, the browser would paint all of them at each frame.
const lit = new Map();
let sweeping = null;

function light(element) {
  element.dataset.lit = '';
  lit.set(element, performance.now() + LIT_MS);
  sweeping ??= setTimeout(sweep, SWEEP_MS);
}

function sweep() {
  const now = performance.now();
  for (const [element, until] of lit) {
    if (until > now && element.isConnected) continue;
    delete element.dataset.lit;
    lit.delete(element);
  }
  sweeping = lit.size ? setTimeout(sweep, SWEEP_MS) : null;
}

// kept: the arrow stays; calm: it does, and nothing lights up, for twenty prices of a book that do would tell nothing.
export function Moving({ value, digits = 0, kept = false, calm = false }) {
  const box = useRef(null);
  const seen = useRef({ value, direction: '' });
  const was = seen.current;
  const order = value && was.value ? compareDecimals(value, was.value) : 0;
  if (value !== was.value) seen.current = { value, direction: order ? (order > 0 ? 'up' : 'down') : was.direction };
  useLayoutEffect(() => {
    if (order && !calm) light(box.current);
  }, [value]);
  return html`<span ref=${box} class=${`move ${seen.current.direction} ${kept || calm ? 'kept' : ''}`}>${showDecimal(value, digits)}</span>`;
}
