// The address of the page says what is open on it: an order, a message, a filter. Back and forward go through it.
//
//   #/order/<cl_ord_id>   #/message/<id>   #/log?session=&direction=&type=&text=&heartbeats=1
//   #/log?history=1&q=&session=&direction=&type=&from=&to=   #/compare/<id>/<id>
//   #/orders?text=&open=1&filter=   #/executions?text=&filter=   #/positions?text=&held=1&filter=
import { batch, effect } from '../lib.js';
import { rest } from '../net/rest.js';
import { heldOnly, openOnly, search, wantedFilters } from './blotter.js';
import { orderKey, orders } from './desk.js';
import { asked as historyAsked, search as searchHistory } from './history.js';
import { log, logFilter, NO_FILTER } from './log.js';
import { blotterTab, bottomTab, comparing, decoded, drawerKey, nowhere, phoneTab, searching, spread, visitor } from './view.js';

const TABS = ['orders', 'executions', 'positions'];
const LOG_WORDS = [['session', 'session'], ['direction', 'direction'], ['msgType', 'type'], ['text', 'text']];

export const orderPath = (clOrdId) => `#/order/${encodeURIComponent(clOrdId)}`;
export const comparePath = (a, b) => `#/compare/${encodeURIComponent(a)}/${encodeURIComponent(b)}`;
export const messagePath = (id) => `#/message/${encodeURIComponent(id)}`;

function withWords(path, words) {
  const query = new URLSearchParams(words.filter(([, value]) => value));
  return query.size ? `${path}?${query}` : path;
}

export const logPath = (filter) => withWords('#/log', [...LOG_WORDS.map(([key, word]) => [word, filter[key]]), ['heartbeats', filter.heartbeats ? '1' : '']]);

export const blotterPath = (tab, model) => withWords(`#/${tab}`, [
  ['text', search.value], ['open', tab === 'orders' && openOnly.value ? '1' : ''], ['held', tab === 'positions' && heldOnly.value ? '1' : ''],
  ['filter', Object.keys(model ?? {}).length ? JSON.stringify(model) : ''],
]);

export const historyPath = (form) => withWords('#/log', [['history', '1'], ...Object.entries(form)]);

export const address = (path) => `${location.origin}${location.pathname}${path}`;

function parse(hash) {
  const [path, query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [place, ...rest] = path.split('/');
  let id = null;
  try {
    id = rest.length ? decodeURIComponent(rest.join('/')) : null;
  } catch {
    id = rest.join('/');
  }
  return { place, id, words: new URLSearchParams(query) };
}

// Where we are, by what is open; null where only a filter, or nothing, is.
function here() {
  if (comparing.value) return comparePath(comparing.value.a, comparing.value.b);
  if (nowhere.value) return nowhere.value.path;
  if (drawerKey.value) {
    const order = orders.get(drawerKey.value) ?? visitor.peek();
    return order && orderPath(order.cl_ord_ids[0]);
  }
  return decoded.value?.id ? messagePath(decoded.value.id) : null;
}

let arriving = false; // the address is there already; what it opens may have another name for it
let asked = 0; // what was asked for last is what is shown, whatever is answered later

function close() {
  asked += 1;
  batch(() => {
    nowhere.value = null;
    comparing.value = null;
    drawerKey.value = null;
    decoded.value = null;
  });
}

function missed(path, title, problem) {
  const gone = problem.status === 404;
  nowhere.value = { path, title: gone ? title : `${title.replace('There is no', 'Not loaded:')}`, text: gone ? 'The link may be of another desk, or of a database that was since replaced.' : problem.text, again: gone ? null : arrive };
}

export async function openOrder(clOrdId) {
  const mine = ++asked;
  const held = orders.all().find((order) => order.cl_ord_ids.includes(clOrdId));
  try {
    const order = held ?? (await rest.order(clOrdId));
    if (mine !== asked) return;
    batch(() => {
      nowhere.value = null;
      visitor.value = order;
      drawerKey.value = orderKey(order);
    });
  } catch (problem) {
    if (mine === asked) missed(orderPath(clOrdId), `There is no order ${clOrdId}`, problem);
  }
}

export async function openMessage(id, byLink = false) {
  const mine = ++asked;
  const held = log.lines.find((line) => line.id === Number(id));
  try {
    const line = held ?? { ...(await rest.message(id)), key: `#${id}` };
    if (mine !== asked) return;
    batch(() => {
      nowhere.value = null;
      drawerKey.value = null;
      decoded.value = line;
      spread.value = byLink;
      phoneTab.value = 'log';
    });
  } catch (problem) {
    if (mine === asked) missed(messagePath(id), `There is no message ${id}`, problem);
  }
}

function modelOf(text) {
  try {
    const model = JSON.parse(text ?? '{}');
    return model && typeof model === 'object' && !Array.isArray(model) ? model : {};
  } catch {
    return {};
  }
}

function showBlotter(tab, words) {
  batch(() => {
    blotterTab.value = tab;
    phoneTab.value = 'blotter';
    search.value = words.get('text') ?? '';
    if (tab === 'orders') openOnly.value = words.get('open') === '1';
    if (tab === 'positions') heldOnly.value = words.get('held') === '1';
    wantedFilters.value = { ...wantedFilters.value, [tab]: modelOf(words.get('filter')) };
  });
}

function showHistory(words) {
  const form = Object.fromEntries(Object.keys(historyAsked.value).map((key) => [key, words.get(key) ?? '']));
  historyAsked.value = form;
  phoneTab.value = 'log';
  searching.value = true;
  searchHistory();
}

function showLog(words) {
  if (words.get('history') === '1') {
    showHistory(words);
    return;
  }
  searching.value = false;
  const filter = { ...NO_FILTER, heartbeats: words.get('heartbeats') === '1' };
  for (const [key, word] of LOG_WORDS) filter[key] = words.get(word) ?? '';
  logFilter.value = filter;
  bottomTab.value = 'log';
  phoneTab.value = 'log';
}

function arrive() {
  arriving = true;
  const { place, id, words } = parse(location.hash);
  const [a, b] = (id ?? '').split('/');
  if (place === 'compare' && a && b) {
    comparing.value = { a, b };
    return undefined;
  }
  comparing.value = null;
  if (place === 'order' && id) return openOrder(id);
  if (place === 'message' && id) return openMessage(id, true);
  close();
  if (place === 'log') showLog(words);
  else if (TABS.includes(place)) showBlotter(place, words);
  return undefined;
}

const isDetail = (hash) => /^#\/(order|message|compare)\//.test(hash);

export function listenToAddress() {
  addEventListener('popstate', arrive);
  arrive();
  let first = true;
  effect(() => {
    const path = here();
    const before = location.hash;
    if (path === before) arriving = false;
    // An address that is still being fetched, or of a filter, stays until something is opened.
    if (first || path === before || (path === null && !isDetail(before))) {
      first = false;
      return;
    }
    const renamed = arriving || (before.startsWith('#/message/') && path?.startsWith('#/message/'));
    arriving = false;
    const to = path ?? location.pathname + location.search;
    history[renamed ? 'replaceState' : 'pushState'](null, '', to);
  });
}
