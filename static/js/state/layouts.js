// Named arrangements of the page: which columns where, sorted and filtered how, which regions stand where, how large.
import { signal } from '../lib.js';
import { allRemembered, put, recall } from './prefs.js';
import { Templates } from './templates.js';

const LAID_OUT = ['split', 'split.messages', 'split.orders', 'split.both', 'market.place', 'bottom.tab', 'blotter.tab', 'positions.chart', 'log.filter', 'log.whole', 'statistics.by', 'statistics.period'];
const GRID = 'grid.';

export const laidOut = signal(0); // rises when the grids must be made anew

const plain = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const known = (name) => LAID_OUT.includes(name) || name.startsWith(GRID);

export const layouts = new Templates('layouts', (body) => {
  if (!plain(body)) return 'it is no object';
  const strange = Object.keys(body).find((name) => !known(name));
  return strange === undefined ? null : `"${strange}" is nothing that a layout has`;
});

export const current = () => Object.fromEntries(allRemembered().filter(known).map((name) => [name, recall(name)]).filter(([, value]) => value !== null));

// What the layout says nothing of is as it was at first.
export function layOut(body) {
  for (const name of new Set([...LAID_OUT, ...allRemembered().filter(known), ...Object.keys(body)])) put(name, body[name] ?? null);
  laidOut.value += 1;
}

export function describe(body) {
  const upper = body['blotter.tab'] ?? 'orders';
  if ((body['market.place'] ?? 'behind') !== 'behind') return `${upper}, messages and market`;
  return `${upper} and ${body['bottom.tab'] === 'market' ? 'market' : 'messages'}`;
}
