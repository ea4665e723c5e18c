// What the blotter lets through: a text, only what is open or held, the filters of columns. A link can carry all of it.
import { signal } from '../lib.js';

export const search = signal('');
export const openOnly = signal(false);
export const heldOnly = signal(false);
export const wantedFilters = signal({}); // by tab: AG Grid's filter model, to be set when the grid is there
