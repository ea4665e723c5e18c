// What the desk tells: sessions, health, orders, executions, messages; and how it is taken up again after a loss.
import { batch, computed, signal } from '../lib.js';
import { showDecimal } from '../fix/decimal.js';
import { isOpen, statusLabel } from '../fix/names.js';
import { insist } from '../net/insist.js';
import { link, on, onJoined } from '../net/socket.js';
import { pages, rest } from '../net/rest.js';
import { keyOfLine, log } from './log.js';
import { loadPositions } from './positions.js';
import { recall, remember } from './prefs.js';
import { RowStore } from './rows.js';
import { toast } from './toasts.js';
import { decoded } from './view.js';

const ORDERS_HELD = 10000;
const EXECUTIONS_HELD = 10000;
// How much is asked for when the page opens, and at most when it comes back and looks for what it missed.
const AT_FIRST = { orders: 10000, executions: 5000, messages: 3000 };
const AFTER_LOSS = { orders: ORDERS_HELD, executions: EXECUTIONS_HELD, messages: 50000 };

export const sessions = signal([]);
const WELL = { available: true, reason: null };
export const health = signal({ engine: WELL, storage: WELL, configuration: null, limits: null, switches: [] });
export const version = signal('');
export const outdated = signal(false); // the desk was updated since the page was opened
export const loaded = signal(false);
export const loading = signal(false);
const selectedName = signal(recall('session'));

export const selectedSession = computed(
  () => sessions.value.find((one) => one.name === selectedName.value) ?? sessions.value[0] ?? null,
);

export function selectSession(name) {
  selectedName.value = name;
  remember('session', name);
}

// The chain's first ClOrdID never changes; with the session's name it is the order's key for as long as it is on screen.
export const orderKey = (order) => `${order.session_name}/${order.cl_ord_ids[0]}`;
const executionKey = (execution) => `${execution.session_name}/${execution.exec_id}`;

export const orders = new RowStore({ keyOf: orderKey, cap: ORDERS_HELD, mayGo: (order) => !isOpen(order) });
export const executions = new RowStore({ keyOf: executionKey, cap: EXECUTIONS_HELD });

// Kept as they change: a walk over all orders at each frame would cost more than the frame.
export const openCount = signal(0);
export const symbols = signal([]); // those that were traded, in the order of the alphabet

let touched = new Set(); // orders that came live since the last join: newer than any answer of REST

// Times say nothing here: a clock that was set back would let an old state stand for ever.
function putOrder(order, live) {
  const key = orderKey(order);
  const before = orders.get(key);
  if (live) touched.add(key);
  else if (touched.has(key)) return;
  openCount.value += Number(isOpen(order)) - Number(before ? isOpen(before) : false);
  if (order.symbol && !symbols.value.includes(order.symbol)) symbols.value = [...symbols.value, order.symbol].sort();
  orders.put(order);
  // What the counterparty refused or filled while the page was away is news, too.
  if (before || (!live && isNews(order))) tell(before ?? UNSEEN, order);
}

const TOLD_AT_MOST = 4; // in a second: under load the blotter tells, not the corner
// Of one that was never here: whether it was touched since the desk was lost.
const isNews = (order) => link.peek().since !== null && Date.parse(order.updated_at) > link.peek().since.getTime();
const UNSEEN = { status: null, pending: null };
let toldIn = 0;
let told = 0;

function mayTell() {
  const second = Math.floor(Date.now() / 1000);
  told = second === toldIn ? told + 1 : 1;
  toldIn = second;
  return told <= TOLD_AT_MOST;
}

export const rejections = new Set(); // called with each order that the counterparty rejects while the page is open

function tell(before, order) {
  if (order.status === before.status && !before.pending) return;
  if (order.status === 'REJECTED' && before.status !== 'REJECTED') rejections.forEach((hear) => hear(order));
  const news = newsOf(before, order);
  if (news && mayTell()) toast(...news);
}

function newsOf(before, order) {
  const what = `${order.symbol} ${order.cl_ord_id}`;
  if (order.status === 'REJECTED' && before.status !== 'REJECTED') {
    return ['error', `Order rejected: ${what}`, order.text || 'The counterparty gave no reason.', { cause: `rejected ${order.session_name} ${order.text}` }];
  }
  if (before.pending && !order.pending && order.text && order.text !== before.text && before.cl_ord_id === order.cl_ord_id && isOpen(order)) {
    return ['error', `${before.pending.type === 'cancel' ? 'Cancel' : 'Replace'} refused: ${what}`, order.text];
  }
  if (order.status === 'FILLED' && before.status !== 'FILLED') {
    return ['good', `${statusLabel(order)}: ${what}`, `${showDecimal(order.cum_qty)} at ${showDecimal(order.avg_px, 2)}`];
  }
  return null;
}

on('order_updated', (order) => putOrder(order, true));
on('execution_booked', (execution) => executions.put(execution));
on('session_updated', putSession);
on('session_removed', ({ session_name: name }) => {
  sessions.value = sessions.value.filter((one) => one.name !== name);
});
on('health_updated', putHealth);
on('log_message', (line) => log.push(line));
on('mass_cancel_failed', ({ session_name: name, cl_ord_ids: ids, reason }) => {
  toast('error', `${name}: ${ids.length} ${ids.length === 1 ? 'order is' : 'orders are'} not canceled`, `${reason}\nCancel them again: they are still open.`);
});

function putSession(session) {
  const at = sessions.value.findIndex((one) => one.name === session.name);
  sessions.value = at < 0 ? [...sessions.value, session] : sessions.value.with(at, session);
}

function putHealth(now) {
  health.value = { engine: now.engine ?? WELL, storage: now.storage ?? WELL, configuration: now.configuration_problem ?? null, limits: now.limits_problem ?? null, switches: now.kill_switches ?? [] };
}

onJoined((payload) => {
  // The page's own files lie under the hash of their contents.
  outdated.value ||= Boolean(payload.static) && !import.meta.url.includes(`/${payload.static}/`);
  if (run !== null && run !== payload.run_id) forgetUnstored(payload.first_message_id ?? 0);
  run = payload.run_id ?? null;
  version.value = payload.version ?? '';
  sessions.value = payload.sessions ?? [];
  putHealth(payload.health ?? {});
  touched = new Set();
  return reload();
});

let run = null; // of the desk: which process it is

// A desk that was killed gives what it had not stored other ids when it takes it in again.
function forgetUnstored(from) {
  log.forgetFrom(from);
  if (decoded.peek()?.id >= from) decoded.value = null;
  for (const [key, { id }] of executions.rows) if (id >= from) executions.remove(key);
  if (!known) return;
  known.lines = new Set([...known.lines].filter((key) => log.keys.has(key)));
  known.executions = new Set([...known.executions].filter((key) => executions.get(key)));
}

export const unloaded = signal(null); // why what was missed is not here yet

let reloading = 0;
let known = null; // lines and executions from before a hole that is not closed yet

// Everything that may have been missed, by REST, over what is there: nothing is doubled, for all of it goes by key.
async function reload() {
  const mine = ++reloading;
  const most = loaded.value ? AFTER_LOSS : AT_FIRST;
  // What was here before the hole, not what came live since: only the former says that it is closed.
  known ??= { lines: new Set(log.keys), executions: new Set(executions.rows.keys()) };
  const before = known;
  const get = (ask, take) => insist(ask, () => mine === reloading, (fault) => { unloaded.value = fault; })
    .then((got) => got && mine === reloading && batch(() => take(got)));
  loading.value = true;
  await Promise.all([
    get(() => pages(rest.orders, 'orders', { most: most.orders }), ({ rows, complete }) => {
      rows.reverse().forEach((order) => putOrder(order, false));
      if (complete) dropUnknown(rows);
    }),
    get(() => pages((query) => rest.messages({ ...query, direction: 'IN,OUT,EVENT' }), 'messages', {
      most: most.messages,
      enough: (rows) => rows.some((row) => before.lines.has(keyOfLine(row))),
    }), ({ rows, complete }) => {
      log.merge(rows);
      if (before.lines.size && !complete && !rows.some((row) => before.lines.has(keyOfLine(row)))) {
        toast('error', 'Not all messages that were missed are in the log', 'They were too many. Search the history for the older ones.');
      }
    }),
    get(() => pages(rest.executions, 'executions', {
      most: most.executions,
      enough: (rows) => rows.some((row) => before.executions.has(executionKey(row))),
    }), ({ rows }) => rows.reverse().filter((row) => !executions.get(executionKey(row))).forEach((row) => executions.put(row))),
    get(() => loadPositions().then(() => true), () => {}),
  ]);
  if (mine !== reloading) return;
  known = null;
  loaded.value = true;
  loading.value = false;
  unloaded.value = null;
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
