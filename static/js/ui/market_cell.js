// A number of the market: where it has moved it shows for a moment, by an arrow and by its colour.
import { html, useRef } from '../lib.js';
import { compareDecimals, showDecimal } from '../fix/decimal.js';

// Answers [direction, count]: '' before the first change, else 'up' or 'down'; the count tells one change from the next.
export function useMove(value) {
  const seen = useRef({ value, direction: '', count: 0 });
  const was = seen.current;
  if (value !== was.value) {
    const order = value && was.value ? compareDecimals(value, was.value) : 0;
    seen.current = order ? { value, direction: order > 0 ? 'up' : 'down', count: was.count + 1 } : { ...was, value };
  }
  return [seen.current.direction, seen.current.count];
}

// Two names of one animation: a class that stays the same would not start it again.
export const moveClass = ([direction, count]) => (direction ? `move ${direction} move-${count % 2}` : 'move');

// kept: the arrow stays; calm: and nothing lights up, for twenty prices of a book that do would tell nothing.
export const Moving = ({ value, digits = 0, kept = false, calm = false }) => html`<span class=${`${moveClass(useMove(value))} ${kept ? 'kept' : ''} ${calm ? 'calm' : ''}`}>${showDecimal(value, digits)}</span>`;
