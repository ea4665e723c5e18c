// The market as the sessions tell it: what this browser watches, each book as it is drawn, and what makes one not to be trusted.
import { batch, computed, effect, signal, untracked } from '../lib.js';
import { link, on, onJoined, tellDesk } from '../net/socket.js';
import { selectedSession, sessions } from './desk.js';
import { marketInSight } from './places.js';
import { remembered } from './prefs.js';
import { symbolOf } from './symbol_case.js';
import { toast } from './toasts.js';

const MOST_WATCHED = 200;
const DEPTH = 20;
const BUSY_MS = 80; // how often it is drawn at most: at the next frame when quiet, twelve times a second under load
const UNSEEN_MS = 10_000; // a look at the messages and back is no reason to subscribe anew

export const bookKey = ({ session_name: name, symbol }) => `${name}\n${symbol}`;

const isEntry = (one) => typeof one?.session_name === 'string' && typeof one?.symbol === 'string';
export const watched = remembered('market.watched', []); // [{session_name, symbol}], in the order in which they stand
if (!Array.isArray(watched.peek()) || !watched.peek().every(isEntry)) watched.value = [];
const chosenKey = remembered('market.chosen', null);
export const chosen = computed(() => watched.value.find((one) => bookKey(one) === chosenKey.value) ?? watched.value[0] ?? null);

export const severalSessions = computed(() => sessions.value.length > 1 || new Set(watched.value.map((one) => one.session_name)).size > 1);

export const choose = (entry) => { chosenKey.value = bookKey(entry); };

// The key of the book that stands beside the ticket, or null: it is wanted wherever the market is.
export const beside = signal(null);

// Each book has a signal of its own, so that a change draws one row again and not the list; and what changed is drawn
// once for each frame of the screen at most, however often it came.
const books = new Map();
const arrived = new Map();
let frame = null;
let drawnAt = 0;

export function bookOf(entry) {
  const key = bookKey(entry);
  if (!books.has(key)) books.set(key, signal(null));
  return books.get(key);
}

function draw() {
  frame = null;
  drawnAt = performance.now();
  batch(() => {
    for (const [key, book] of arrived) if (books.has(key)) books.get(key).value = book;
  });
  arrived.clear();
}

// Out of sight nothing is drawn; what came meanwhile is there when somebody looks.
const schedule = () => {
  if (!(marketInSight.peek() || beside.peek()) || !arrived.size || frame !== null) return;
  const wait = drawnAt + BUSY_MS - performance.now();
  frame = wait > 0 ? setTimeout(() => { frame = requestAnimationFrame(draw); }, wait) : requestAnimationFrame(draw);
};

on('book_updated', (book) => {
  arrived.set(bookKey(book), book);
  record(book);
  schedule();
});

effect(() => {
  if (marketInSight.value || beside.value) schedule();
});

// Prices over time, for the chart: {x: seconds, y: prices, what}. Numbers here are drawn and never traded on.
const tracks = new Map();
const TRACKED = 600;

export const trackOf = (entry) => tracks.get(bookKey(entry)) ?? { x: [], y: [], what: '' };

function record(book) {
  const key = bookKey(book);
  const trades = book.trades.filter(({ at }) => at).reverse();
  const what = trades.length ? 'Trades' : 'Middle of bid and offer';
  let track = tracks.get(key);
  if (!track || track.what !== what) tracks.set(key, track = { x: [], y: [], what });
  const put = (at, price) => {
    const x = new Date(at).getTime() / 1000;
    const last = track.x.at(-1);
    if (!Number.isFinite(x) || !Number.isFinite(price) || x < last || (x === last && price === track.y.at(-1))) return;
    track.x.push(x);
    track.y.push(price);
  };
  const known = track.x.at(-1) ?? 0;
  if (trades.length) trades.filter(({ at }) => new Date(at).getTime() / 1000 > known).forEach(({ at, price }) => put(at, Number(price)));
  else if (book.bids.length && book.offers.length && book.updated_at) put(book.updated_at, (Number(book.bids[0].price) + Number(book.offers[0].price)) / 2);
  if (track.x.length > 2 * TRACKED) tracks.set(key, { x: track.x.slice(-TRACKED), y: track.y.slice(-TRACKED), what });
}

// What the desk says can't be watched at all, by key, in its words.
const refused = signal(new Map());

// Why a book is not the market as it is now, in words; null when it is.
export function staleness(entry, book) {
  if (link.value.state === 'lost') return 'no connection to the desk';
  if (link.value.state === 'slow') return 'the desk does not answer';
  if (link.value.state === 'checking') return 'the page was asleep';
  const session = sessions.value.find((one) => one.name === entry.session_name);
  if (!session) return 'the session is not there any more';
  if (!session.logged_on) return `${session.name} is not connected`;
  if (refused.value.has(bookKey(entry))) return `it can't be watched: ${refused.value.get(bookKey(entry))}`;
  if (!book) return 'waiting for the first prices';
  return book.stale ? book.stale_reason ?? 'not up to date' : null;
}

export function watch(sessionName, text) {
  const seen = watched.value.map(({ symbol }) => symbol);
  const symbols = [...new Set(text.split(/[,;]/).map((one) => symbolOf(sessionName, one, seen)).filter(Boolean))];
  const known = new Set(watched.value.map(bookKey));
  const added = symbols.map((symbol) => ({ session_name: sessionName, symbol })).filter((one) => !known.has(bookKey(one)));
  if (watched.value.length + added.length > MOST_WATCHED) {
    toast('error', 'Not added', `At most ${MOST_WATCHED} symbols are watched in one browser.`);
    return;
  }
  watched.value = [...watched.value, ...added];
  if (symbols.length) choose({ session_name: sessionName, symbol: symbols.at(-1) });
}

export function unwatch(entry) {
  const at = watched.value.findIndex((one) => bookKey(one) === bookKey(entry));
  const left = watched.value.filter((one) => bookKey(one) !== bookKey(entry));
  const next = bookKey(entry) === bookKey(chosen.value ?? entry) ? left[Math.min(at, left.length - 1)] : null;
  watched.value = left;
  books.delete(bookKey(entry));
  tracks.delete(bookKey(entry));
  if (refused.value.has(bookKey(entry))) refused.value = new Map([...refused.value].filter(([key]) => key !== bookKey(entry)));
  if (next) choose(next);
}

export function moveEntry(entry, step) {
  const from = watched.value.findIndex((one) => bookKey(one) === bookKey(entry));
  const to = from + step;
  if (from < 0 || to < 0 || to >= watched.value.length) return;
  const next = [...watched.value];
  next.splice(to, 0, ...next.splice(from, 1));
  watched.value = next;
}

// The desk is told all that is wanted; out of sight that is nothing, after a while.
const wanted = signal(false);
let unseen = null;
effect(() => {
  clearTimeout(unseen);
  if (marketInSight.value) wanted.value = true;
  else unseen = setTimeout(() => { wanted.value = false; }, UNSEEN_MS);
});

// What was there before it is asked for again is not the market any more.
function distrust(keys) {
  batch(() => {
    for (const [key, book] of books) {
      if (keys.has(key) && book.peek()) book.value = { ...book.peek(), stale: true, stale_reason: 'asked for again' };
      if (keys.has(key)) arrived.delete(key);
    }
  });
}

let told = '[]'; // a page that wants nothing says nothing
async function tell() {
  const known = new Set(sessions.value.map((one) => one.name));
  const list = watched.value.filter((one) => (wanted.value || bookKey(one) === beside.value) && known.has(one.session_name) && !refused.value.has(bookKey(one)));
  const text = JSON.stringify(list.map(bookKey).sort());
  if (text === told || link.peek().state === 'lost') return;
  const before = new Set(JSON.parse(told ?? '[]'));
  told = text;
  untracked(() => distrust(new Set(list.map(bookKey).filter((key) => !before.has(key)))));
  const answer = await tellDesk('watch', { books: list, depth: DEPTH }).catch(() => null);
  if (answer === null) told = null; // it did not arrive: the next change or the next joining says it again
  else if (!answer.ok) refuse(list, answer.errors);
}

// One that is wrong must not keep the others from being told: it stands in the list with the reason, and they are asked for again.
function refuse(list, errors) {
  const found = errors.map(({ field, message }) => [list[/^books\.(\d+)/.exec(field)?.[1]], message]).filter(([entry]) => entry);
  if (found.length) {
    told = null;
    refused.value = new Map([...refused.value, ...found.map(([entry, message]) => [bookKey(entry), message])]);
  } else toast('error', 'The market data was not asked for', errors.map(({ field, message }) => `${field}: ${message}`).join('\n'));
}

effect(() => {
  tell();
});

onJoined(() => {
  refused.value = new Map();
  told = '[]';
  tell();
});

export const defaultSession = computed(() => selectedSession.value?.name ?? sessions.value[0]?.name ?? '');
