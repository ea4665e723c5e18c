// The market of the symbol on the ticket: its book where it is watched, what we hold of it, and the step of its prices.
import { computed, effect, signal } from '../lib.js';
import { commonStep, compareDecimals, fractionDigits, isPositive, minus, plain, plus, withDigits } from '../fix/decimal.js';
import { isBuy } from '../fix/names.js';
import { selectedSession } from './desk.js';
import { beside, bookKey, bookOf, staleness, watch, watched } from './market.js';
import { positions } from './positions.js';
import * as ticket from './ticket.js';

const TYPED_MS = 250; // a symbol is not asked for at each of its letters
const ENOUGH = 5; // prices of a book of which a step larger than a hundredth can be told

const entry = computed(() => {
  const [name, symbol] = [selectedSession.value?.name, ticket.symbol.value];
  return name && symbol ? { session_name: name, symbol } : null;
});

let timer = null;
effect(() => {
  const key = entry.value && watched.value.map(bookKey).includes(bookKey(entry.value)) ? bookKey(entry.value) : null;
  clearTimeout(timer);
  if (key !== beside.peek()) timer = setTimeout(() => { beside.value = key; }, TYPED_MS);
});

// {entry, book, why: not live, or null; isWatched}, or null without a symbol.
export const quote = computed(() => {
  const at = entry.value;
  if (!at) return null;
  if (!watched.value.some((one) => bookKey(one) === bookKey(at))) return { entry: at, book: null, why: null, isWatched: false };
  const book = bookOf(at).value;
  const asked = beside.value === bookKey(at); // until then it may be of an hour ago
  return { entry: at, book, why: asked ? staleness(at, book) : 'asked for just now', isWatched: true };
});

export const watchIt = () => watch(entry.value.session_name, entry.value.symbol);

const version = signal(0);
positions.subscribe(() => { version.value += 1; });

// Of the account on the ticket, or of all accounts where none stands there: {net_qty, account}; null where none was ever held.
export const held = computed(() => {
  version.value;
  const at = entry.value;
  const account = ticket.form.value.account.trim() || null;
  const found = at ? positions.all().filter((one) => one.symbol === at.symbol && one.session_name === at.session_name && (account === null || one.account === account)) : [];
  return found.length ? { net_qty: found.reduce((sum, one) => plus(sum, one.net_qty), '0'), account } : null;
});

// A hundredth, unless the book has smaller ones, or enough prices to tell a larger one.
function tick(book) {
  const prices = book ? [...new Set([...book.bids, ...book.offers].map((level) => plain(level.price)))] : [];
  const digits = Math.max(2, ...prices.map(fractionDigits));
  const finest = digits ? `0.${'0'.repeat(digits - 1)}1` : '1';
  return digits === 2 && prices.length >= ENOUGH ? commonStep(prices) : finest;
}

const live = () => (quote.value?.isWatched && !quote.value.why ? quote.value.book : null);

// One step up or down, or ten; an empty field takes the best price of the side that it would join. Answers whether there was anything to do.
export function stepPrice(name, up, many) {
  const now = ticket.form.value[name] ?? '';
  const book = live();
  if (!now) {
    const best = (isBuy(ticket.sides.value.find(({ code }) => code === ticket.form.value.side)?.name) ? book?.bids : book?.offers)?.[0];
    if (best) ticket.set(name, plain(best.price));
    return;
  }
  if (!isPositive(now)) return;
  const one = tick(quote.value?.book);
  const step = many ? Array.from({ length: 9 }).reduce((sum) => plus(sum, one), one) : one;
  const next = up ? plus(now, step) : minus(now, step);
  if (compareDecimals(next, '0') > 0) ticket.set(name, withDigits(next, fractionDigits(one)));
}

// A price that was pressed: for the price of the type, for its stop where it has only that; a type without a price becomes a limit.
export function takePrice(price) {
  const key = ['price', 'stop_px'].find((one) => ticket.needOf(one));
  if (!key) ticket.set('ord_type', '2');
  ticket.set(key ?? 'price', plain(price));
}
