// Our open orders by instrument and price, kept as they change: for the mark on the price in a book.
import { signal } from '../lib.js';
import { compareDecimals, plain } from '../fix/decimal.js';
import { isBuy, isOpen } from '../fix/names.js';
import { orderKey, orders } from './desk.js';

const byInstrument = new Map(); // session and symbol -> Map of order's key -> order
export const version = signal(0);

const keyOf = ({ session_name: name, symbol }) => `${name}\n${symbol}`;

function put(order) {
  const key = keyOf(order);
  const there = byInstrument.get(key);
  if (isOpen(order) && order.price) {
    if (there) there.set(orderKey(order), order);
    else byInstrument.set(key, new Map([[orderKey(order), order]]));
  } else if (there?.delete(orderKey(order)) && !there.size) {
    byInstrument.delete(key);
  }
}

orders.subscribe(({ add, update, remove }) => {
  add.forEach(put);
  update.forEach(put);
  remove.forEach((order) => put({ ...order, is_open: false }));
  version.value += 1;
});

// Map of plain price -> [orders] of one side of one instrument.
export function workingAt(entry, buy) {
  const found = new Map();
  for (const order of byInstrument.get(keyOf(entry))?.values() ?? []) {
    if (isBuy(order.side) !== buy) continue;
    const price = plain(order.price);
    found.set(price, [...(found.get(price) ?? []), order]);
  }
  return found;
}

// Prices of ours that the book does not show, best first.
export const beyond = (working, levels, buy) => {
  const shown = new Set(levels.map(({ price }) => plain(price)));
  return [...working.keys()].filter((price) => !shown.has(price)).sort((a, b) => (buy ? compareDecimals(b, a) : compareDecimals(a, b)));
};
