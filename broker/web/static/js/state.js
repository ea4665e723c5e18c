// What the page knows of the broker.
import { RowStore } from '/shared/js/state/rows.js';
import { remembered } from '/shared/js/state/prefs.js';
import { batch, computed, signal } from '/shared/js/lib.js';
import { get } from './api.js';

const LOADED = 1000; // newest rows of a kind that the page begins with
const HELD = 5000;
const RATE_OVER_MS = 3000;

export const orders = new RowStore({ keyOf: (order) => String(order.id), cap: HELD, mayGo: (order) => !order.is_open });
export const executions = new RowStore({ keyOf: (execution) => execution.exec_id, cap: HELD });
export const stocks = signal(new Map());
export const clients = signal([]);
export const behaviours = signal(null);
export const faults = signal(null); // {clients, kinds}, see /api/faults
export const market = signal(null); // its phase, see /api/market
export const statistics = signal(null);
export const health = signal(null);
export const loaded = signal(false);
export const rates = signal({ orders: 0, executions: 0, messages_in: 0, messages_out: 0 });

export const tab = remembered('broker.tab', 'orders');
export const openOrder = signal(null); // the id of the order whose detail is shown
export const dialog = signal(null); // see forms.js
export const faultsOn = computed(() => (faults.value?.clients ?? []).flatMap((one) => Object.values(one.faults)).filter((fault) => !fault.ended).length);
export const openClients = computed(() => clients.value.filter((client) => client.state !== 'disconnected'));

const putOrder = (row) => {
  const known = orders.get(String(row.id));
  if (!known || row.updated_at >= known.updated_at) orders.put(row);
};

// Rows that are not among those that were read are not known to be so any more.
function replace(store, rows, put) {
  const keys = new Set(rows.map(store.keyOf));
  for (const row of store.all()) if (!keys.has(store.keyOf(row))) store.remove(store.keyOf(row));
  rows.forEach(put);
}

// The newest rows, the orders that are still open however old, and all the rest.
export async function load() {
  const [newest, open, filled, stockList, clientList, rules, stats, condition, phase, wrongs] = await Promise.all([
    get('/api/orders', { limit: LOADED }), get('/api/orders', { limit: LOADED, open: true }), get('/api/executions', { limit: LOADED }),
    get('/api/stocks'), get('/api/clients'), get('/api/behaviours'), get('/api/stats'), get('/health'), get('/api/market'), get('/api/faults'),
  ]);
  batch(() => {
    replace(orders, [...open.orders, ...newest.orders], putOrder);
    replace(executions, filled.executions, (row) => executions.put(row));
    stocks.value = new Map(stockList.stocks.map((stock) => [stock.symbol, stock]));
    clients.value = clientList.clients;
    behaviours.value = rules;
    market.value = phase;
    faults.value = wrongs;
    statistics.value = stats;
    health.value = condition;
    loaded.value = true;
  });
}

// Another database, or the same one begun anew: nothing of what was known holds.
export function forgetAll() {
  for (const store of [orders, executions]) for (const row of store.all()) store.remove(store.keyOf(row));
}

export function apply(frame) {
  frame.orders.forEach(putOrder);
  frame.executions.forEach((row) => executions.put(row));
  if (frame.stocks.length) {
    const next = new Map(stocks.value);
    for (const stock of frame.stocks) next.set(stock.symbol, { ...next.get(stock.symbol), ...stock });
    stocks.value = next;
  }
  if (frame.clients) clients.value = frame.clients;
  if (frame.behaviours) behaviours.value = frame.behaviours;
  if (frame.faults) faults.value = { ...faults.value, clients: frame.faults };
  if (frame.market) market.value = frame.market;
  measure(frame);
  statistics.value = { ...statistics.value, ...frame.statistics };
  health.value = frame.health;
}

const samples = [];

function measure(frame) {
  const now = Date.parse(frame.at);
  samples.push({ now, counters: frame.statistics });
  while (samples.length > 2 && now - samples[0].now > RATE_OVER_MS) samples.shift();
  const first = samples[0];
  const seconds = (now - first.now) / 1000;
  // A broker that was started again counts from zero.
  if (seconds <= 0 || frame.statistics.started_at !== first.counters.started_at) {
    samples.splice(0, samples.length - 1);
    return;
  }
  rates.value = Object.fromEntries(Object.keys(rates.peek()).map((name) => [name, (frame.statistics[name] - first.counters[name]) / seconds]));
}
