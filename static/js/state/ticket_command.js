// The line that fills the ticket: what is typed in it, what that means, and the lines before.
import { batch, computed, signal } from '../lib.js';
import { parseOrder } from '../fix/command_line.js';
import { showDecimal } from '../fix/decimal.js';
import { ORD_TYPES, SIDES, TIFS } from '../fix/names.js';
import { positions } from './positions.js';
import { recall } from './prefs.js';
import * as ticket from './ticket.js';

const KEPT = 50;

export const line = signal('');
export const taken = signal(null); // {words, form}: what the last line has put on the ticket, and the form as it was then
const before = []; // the newest last
let at = 0;

const OWN = ['symbol', 'order_qty', 'price', 'stop_px', 'account'];
const found = computed(() => parseOrder(line.value, { sides: ticket.sides.value, ordTypes: ticket.ordTypes.value, tifs: ticket.tifs.value, fieldOf: ticket.fieldOf, own: OWN }));

const labelIn = (rows, code) => rows.find((row) => row.code === code)?.label.split(' · ')[0];

// A word that means nothing else is an account: a slip of the fingers, too.
const isSeen = (account) => recall('account') === account || positions.all().some((one) => one.account === account);

// In the order of the ticket: "Buy 100 AAPL", "Limit 230.5", "Day", ...
function wordsOf({ values, extras }) {
  const symbol = values.symbol && ticket.symbolAs(values.symbol);
  const type = values.ord_type ?? (values.price ? '2' : null);
  return [
    [labelIn(SIDES, values.side), showDecimal(values.order_qty), symbol].filter(Boolean).join(' '),
    [type && labelIn(ORD_TYPES, type), values.stop_px && `stop at ${values.stop_px}`, values.price && (values.stop_px ? `limit ${values.price}` : values.price)].filter(Boolean).join(' '),
    [labelIn(TIFS, values.time_in_force), values.expires_day].filter(Boolean).join(' '),
    values.account && `Account ${values.account}${isSeen(values.account) ? '' : ', not seen before'}`, ...extras.map(([name, value]) => `${ticket.fieldOf(name)?.name ?? name} ${value}`),
  ].filter(Boolean);
}

// {words: what is understood, unknown: [[word, why]]}, or null while nothing is typed.
export const understood = computed(() => (line.value.trim() ? { words: wordsOf(found.value), unknown: found.value.unknown } : null));

export function type(text) {
  line.value = text;
  taken.value = null;
  at = before.length;
}

// All of it or nothing: half an order is another order. Answers whether it is on the ticket.
export function take() {
  if (!line.value.trim() || found.value.unknown.length) return false;
  const { values, extras } = found.value;
  const words = wordsOf(found.value);
  if (before.at(-1) !== line.value) before.push(line.value);
  if (before.length > KEPT) before.shift();
  at = before.length;
  batch(() => {
    ticket.fromLine(values, extras);
    line.value = '';
    taken.value = { words, form: ticket.form.value };
  });
  return true;
}

// A line from before, by the arrows.
export function recallLine(step) {
  at = Math.min(Math.max(at + step, 0), before.length);
  line.value = before[at] ?? '';
  taken.value = null;
}
