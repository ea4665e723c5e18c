// What each account holds of each symbol, by the executions of each session.
import { batch } from '../lib.js';
import { on } from '../net/socket.js';
import { rest } from '../net/rest.js';
import { RowStore } from './rows.js';

const POSITIONS_HELD = 20000;

export const isFlat = (position) => !/[1-9]/.test(position.net_qty);
const positionKey = (position) => JSON.stringify([position.session_name, position.account, position.symbol]);

export const positions = new RowStore({ keyOf: positionKey, cap: POSITIONS_HELD, mayGo: isFlat });

let told = new Set(); // those that came live while an answer was on its way: they are newer than it

on('position_updated', (position) => {
  told.add(positionKey(position));
  positions.put(position);
});

let turn = 0;

// An answer to an older question is not looked at.
export async function loadPositions() {
  const mine = ++turn;
  told = new Set();
  const answer = await rest.positions();
  if (mine !== turn) return;
  batch(() => {
    const known = new Set(answer.positions.map(positionKey));
    for (const position of answer.positions) if (!told.has(positionKey(position))) positions.put(position);
    for (const key of [...positions.rows.keys()]) if (!known.has(key) && !told.has(key)) positions.remove(key);
  });
}
