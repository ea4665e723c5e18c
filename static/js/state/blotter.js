// What the blotter lets through: a text, only what is open or held, the filters of columns. A link can carry all of it. And where the keyboard stands in it.
import { signal } from '../lib.js';
import { orders } from './desk.js';

export const search = signal('');
export const openOnly = signal(false);
export const heldOnly = signal(false);
export const wantedFilters = signal({}); // by tab: AG Grid's filter model, to be set when the grid is there
export const passing = { orders: signal(null), executions: signal(null), positions: signal(null) }; // how many rows pass; null: nothing is filtered

export const selected = signal([]); // orders that were ticked
export const focusedKey = signal(null); // the order whose row has the keyboard, by its key
export const focusedOrder = () => orders.get(focusedKey.value) ?? null;
