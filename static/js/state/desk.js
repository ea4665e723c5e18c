// What the desk tells: sessions, health, orders, executions, messages; and how it is taken up again after a loss.
import { batch, computed, signal } from '../lib.js';
import { isOpen, statusLabel } from '../fix/names.js';
import { on, onJoined } from '../net/socket.js';
import { pages, rest } from '../net/rest.js';
import { log } from './log.js';
import { recall, remember } from './prefs.js';
import { RowStore } from './rows.js';
import { toast } from './toasts.js';

const ORDERS_HELD = 20000;
const EXECUTIONS_HELD = 20000;
const ORDERS_LOADED = 10000;
const EXECUTIONS_LOADED = 5000;
const MESSAGES_LOADED = 3000;

export const sessions = signal([]);
export const health = signal({ status: 'ok', problems: [], engine: { available: true, reason: null } });
export const version = signal('');
export const loaded = signal(false);
export const loading = signal(false);
export const selectedName = signal(recall('session'));

export const selectedSession = computed(
  () => sessions.value.find((one) => one.name === selectedName.value) ?? sessions.value[0] ?? null,
);

export function selectSession(name) {
  selectedName.value = name;
  remember('session', name);
}

// The chain's first ClOrdID never changes; with the session's name it is the order's key for as long as it is on screen.
export const orderKey = (order) => `${order.session_name}/${order.cl_ord_ids[0]}`;
export const executionKey = (execution) => `${execution.session_name}/${execution.exec_id}`;

export const orders = new RowStore({ keyOf: orderKey, cap: ORDERS_HELD, mayGo: (order) => !isOpen(order) });
export const executions = new RowStore({ keyOf: executionKey, cap: EXECUTIONS_HELD });

// Counted as they change: a walk over all orders at each frame would cost more than the frame.
export const openCount = signal(0);

let touched = new Set(); // orders that came live since the last join: newer than any answer of REST

function putOrder(order, live) {
  const key = orderKey(order);
  const before = orders.get(key);
  if (live) {
    touched.add(key);
  } else if (before && (touched.has(key) ? before.updated_at >= order.updated_at : before.updated_at > order.updated_at)) {
    return;
  }
  openCount.value += Number(isOpen(order)) - Number(before ? isOpen(before) : false);
  orders.put(order);
  if (live && before) tell(before, order);
}

function tell(before, order) {
  const what = `${order.symbol} ${order.cl_ord_id}`;
  if (order.status === 'REJECTED' && before.status !== 'REJECTED') {
    toast('error', `Order rejected: ${what}`, order.text || 'The counterparty gave no reason.');
  } else if (before.pending && !order.pending && order.text && order.text !== before.text && before.cl_ord_id === order.cl_ord_id && isOpen(order)) {
    toast('error', `${before.pending.type === 'cancel' ? 'Cancel' : 'Replace'} refused: ${what}`, order.text);
  } else if (order.status === 'FILLED' && before.status !== 'FILLED') {
    toast('good', `${statusLabel(order)}: ${what}`, `${order.cum_qty} at ${order.avg_px}`);
  }
}

on('order_updated', (order) => {
  putOrder(order, true);
  executionsStale();
});
on('session_updated', putSession);
on('health_updated', putHealth);
on('log_message', (line) => log.push(line));
on('connection_result', ({ session_name: name, state, message }) => {
  const kind = state === 'connected' ? 'good' : state === 'disconnected' ? 'error' : 'info';
  toast(kind, `${name}: ${state.replace('_', ' ')}`, message || '');
});

function putSession(session) {
  const at = sessions.value.findIndex((one) => one.name === session.name);
  sessions.value = at < 0 ? [...sessions.value, session] : sessions.value.with(at, session);
}

function putHealth(now) {
  health.value = { ...health.value, ...now, problems: now.problems ?? [], engine: now.engine ?? health.value.engine };
}

onJoined((payload) => {
  version.value = payload.version ?? '';
  sessions.value = payload.sessions ?? [];
  putHealth({ ...payload.health, ...(payload.engine && { engine: payload.engine }) });
  touched = new Set();
  reload();
});

let reloading = 0;

// Everything that may have been missed, by REST, over what is there: nothing is doubled, for all of it goes by key.
export async function reload() {
  const mine = ++reloading;
  loading.value = true;
  try {
    const [gotOrders, gotMessages] = await Promise.all([
      pages(rest.orders, 'orders', { most: ORDERS_LOADED }),
      pages((query) => rest.messages({ ...query, direction: 'IN,OUT,EVENT' }), 'messages', {
        most: MESSAGES_LOADED,
        enough: (rows) => log.size > 0 && rows.some((row) => log.has(row)),
      }),
      reloadExecutions(EXECUTIONS_LOADED),
    ]);
    if (mine !== reloading) return;
    batch(() => {
      gotOrders.rows.reverse().forEach((order) => putOrder(order, false));
      if (gotOrders.complete) dropUnknown(gotOrders.rows);
      log.merge(gotMessages.rows);
      loaded.value = true;
    });
  } catch (problem) {
    if (mine === reloading) toast('error', 'Orders and messages could not be loaded', problem.text);
  } finally {
    if (mine === reloading) loading.value = false;
  }
}

function dropUnknown(rows) {
  const known = new Set(rows.map(orderKey));
  for (const order of orders.all()) {
    const key = orderKey(order);
    if (known.has(key) || touched.has(key)) continue;
    openCount.value -= Number(isOpen(order));
    orders.remove(key);
  }
}

// Executions come by REST, soon after an order's change: at once when quiet, once a second under load, and once more
// after the last change, because the desk stores them in batches.
const EXECUTIONS_SOON_MS = 150;
const EXECUTIONS_EVERY_MS = 1000;
let executionsTimer = null;
let executionsAt = 0;
let executionsAgain = 0;

function executionsStale() {
  executionsAgain = 2;
  scheduleExecutions();
}

function scheduleExecutions() {
  const wait = Math.max(EXECUTIONS_SOON_MS, executionsAt + EXECUTIONS_EVERY_MS - Date.now());
  executionsTimer ??= setTimeout(refreshExecutions, wait);
}

async function refreshExecutions() {
  executionsAt = Date.now();
  executionsAgain -= 1;
  await reloadExecutions(EXECUTIONS_LOADED).catch(() => {}); // the loss itself is on the banner; joining again reloads
  executionsTimer = null;
  if (executionsAgain > 0) scheduleExecutions();
}

async function reloadExecutions(most) {
  const { rows } = await pages(rest.executions, 'executions', {
    most,
    size: executions.size ? 200 : 1000,
    enough: (page) => page.some((row) => executions.get(executionKey(row))),
  });
  rows.reverse().filter((row) => !executions.get(executionKey(row))).forEach((row) => executions.put(row));
}
