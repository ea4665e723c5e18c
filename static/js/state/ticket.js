// The ticket: what is typed, what the session's dictionary allows, what is wrong with it, and the message it makes.
import { batch, computed, effect, signal, untracked } from '../lib.js';
import { compareDecimals, isPositive, sameDecimal } from '../fix/decimal.js';
import { NEEDS_PRICE, NEEDS_STOP, ORD_TYPES, SIDES, TIFS, isOpen, sideLabel, toCode } from '../fix/names.js';
import { checkField, checkText } from '../fix/check.js';
import { rest } from '../net/rest.js';
import { orderKey, orders, selectSession, selectedSession } from './desk.js';
import { recall, remember } from './prefs.js';
import { describe } from './actions.js';
import { toast } from './toasts.js';

const BLANK = { side: '1', symbol: '', order_qty: '', ord_type: '2', price: '', stop_px: '', time_in_force: '0', account: '' };

export const form = signal({ ...BLANK, account: recall('account', '') });
export const extras = signal([]); // further fields: [{id, name, value}]
export const order = signal(null); // the order that is being replaced, as it is now; null: a new one
export const touched = signal(new Set()); // fields whose faults may be shown
export const refusals = signal([]); // what the desk said was wrong: [{field, message}]
export const sending = signal(false);

const AGAIN_AFTER_MS = 400;
let nextExtra = 1;

export function set(name, value) {
  batch(() => {
    form.value = { ...form.value, [name]: value };
    refusals.value = refusals.value.filter((one) => one.field !== name);
    if (value !== '') touch(name);
  });
}

export function touch(name) {
  if (!touched.value.has(name)) touched.value = new Set(touched.value).add(name);
}

export function addExtra(name = '') {
  extras.value = [...extras.value, { id: nextExtra++, name, value: '' }];
}

export function setExtra(id, change) {
  batch(() => {
    extras.value = extras.value.map((one) => (one.id === id ? { ...one, ...change } : one));
    refusals.value = refusals.value.filter((one) => one.field !== apiField(extras.value.find((extra) => extra.id === id)));
  });
}

export function dropExtra(id) {
  extras.value = extras.value.filter((one) => one.id !== id);
}

// The dictionary of each session's NewOrderSingle, fetched once.
const dictionaries = signal({});
export const dictionary = computed(() => dictionaries.value[selectedSession.value?.name] ?? null);

effect(() => {
  const name = selectedSession.value?.name;
  if (!name || name in dictionaries.value) return;
  untracked(() => {
    dictionaries.value = { ...dictionaries.value, [name]: null };
    rest.dictionary(name, 'D').then(
      (found) => {
        const byKey = new Map(found.fields.map((field) => [field.key, field]));
        const byTag = new Map(found.fields.map((field) => [field.tag, field]));
        dictionaries.value = { ...dictionaries.value, [name]: { ...found, byKey, byTag } };
      },
      (problem) => {
        toast('error', `The dictionary of ${name} could not be loaded`, problem.text);
        setTimeout(() => {
          const { [name]: _, ...others } = dictionaries.value;
          dictionaries.value = others;
        }, 5000);
      },
    );
  });
});

// Choices the dictionary allows, in the words of names.js where there are some; all we know while it is not there.
const choices = (key, rows) => computed(() => {
  const values = dictionary.value?.byKey.get(key)?.values;
  if (!values?.length) return rows;
  return values.map(({ value, name }) => rows.find((row) => row.code === value) ?? { code: value, name, label: label(name) });
});
const label = (name) => name.charAt(0) + name.slice(1).replaceAll('_', ' ').toLowerCase();

export const sides = choices('side', SIDES);
export const ordTypes = choices('ord_type', ORD_TYPES);
export const tifs = choices('time_in_force', TIFS);

export const needsPrice = computed(() => NEEDS_PRICE.has(form.value.ord_type));
export const needsStop = computed(() => NEEDS_STOP.has(form.value.ord_type));

// Which dictionary field a further field means: by tag, FIX name or key; undefined for a tag it does not list.
export function fieldOf(name) {
  const found = dictionary.value;
  const text = name.trim();
  if (!found || !text) return undefined;
  if (/^\d+$/.test(text)) return found.byTag.get(Number(text));
  const lower = text.toLowerCase();
  return found.byKey.get(lower) ?? found.fields.find((field) => field.name.toLowerCase() === lower);
}

export function apiField(extra) {
  const field = fieldOf(extra.name);
  return field ? field.key : `custom_tags.${extra.name.trim()}`;
}

// What is wrong as far as the page can tell; the desk checks all of it again. {field: message}
export const faults = computed(() => {
  const now = form.value;
  const found = {};
  if (!now.symbol.trim()) found.symbol = 'Which symbol? For example AAPL.';
  else checkInto(found, 'symbol', now.symbol);
  if (!now.order_qty) found.order_qty = 'How many?';
  else if (!isPositive(now.order_qty)) found.order_qty = 'A number above 0.';
  else if (order.value && tooLow(now.order_qty, order.value.cum_qty)) found.order_qty = `${order.value.cum_qty} are filled already.`;
  if (needsPrice.value) priceInto(found, 'price', now.price, 'price');
  if (needsStop.value) priceInto(found, 'stop_px', now.stop_px, 'stop price');
  checkInto(found, 'account', now.account);
  const seen = new Set();
  for (const extra of extras.value) {
    const message = extraFault(extra, seen);
    if (message) found[`extra.${extra.id}`] = message;
  }
  return found;
});

const tooLow = (qty, cumQty) => Boolean(cumQty) && compareDecimals(qty, cumQty) < 0;

function priceInto(found, key, text, words) {
  if (!text) found[key] = `This order type needs a ${words}.`;
  else if (!isPositive(text)) found[key] = 'A number above 0.';
}

function checkInto(found, key, text) {
  const message = checkText(text);
  if (message) found[key] = message;
}

function extraFault(extra, seen) {
  const name = extra.name.trim();
  if (!name) return 'Which field? Its name or its tag number.';
  const field = fieldOf(name);
  if (!field && !/^[1-9]\d{0,8}$/.test(name)) return `${name} is not a field of ${dictionary.value?.name ?? 'this message'}; use its tag number.`;
  const key = apiField(extra);
  if (seen.has(key) || key in form.value) return key in form.value ? 'This field has its own place above.' : 'Given twice.';
  seen.add(key);
  return checkField(field, name, extra.value);
}

// The order being replaced differs from the form in these: {key: value as it goes to the desk}.
export const changes = computed(() => {
  const [now, was] = [form.value, order.value];
  const found = {};
  if (!was) return found;
  if (isPositive(now.order_qty) && !sameDecimal(now.order_qty, was.order_qty)) found.order_qty = now.order_qty;
  if (needsPrice.value && isPositive(now.price) && !(was.price && sameDecimal(now.price, was.price))) found.price = now.price;
  if (needsStop.value && isPositive(now.stop_px) && !(was.stop_px && sameDecimal(now.stop_px, was.stop_px))) found.stop_px = now.stop_px;
  if (now.ord_type !== toCode(ORD_TYPES, was.ord_type)) found.ord_type = now.ord_type;
  if (was.time_in_force ? now.time_in_force !== toCode(TIFS, was.time_in_force) : now.time_in_force !== '0') found.time_in_force = now.time_in_force;
  return found;
});

export const tagged = computed(() => preview());

// The message as tag=value, as far as the page knows it: [{tag, name, value, by: 'engine' | 'desk' | 'you'}].
function preview() {
  const session = selectedSession.value;
  const was = order.value;
  if (!session) return [];
  const now = form.value;
  const rows = [
    [8, 'BeginString', session.fix_version, 'engine'], [35, 'MsgType', was ? 'G' : 'D', 'desk'],
    [34, 'MsgSeqNum', String(session.next_sender_seq_num ?? '…'), 'engine'],
    [49, 'SenderCompID', session.sender_comp_id, 'engine'], [56, 'TargetCompID', session.target_comp_id, 'engine'],
    [11, 'ClOrdID', '…', 'desk'],
  ];
  if (was) {
    rows.push([41, 'OrigClOrdID', was.cl_ord_id, 'desk']);
    if (was.order_id) rows.push([37, 'OrderID', was.order_id, 'desk']);
  }
  if (session.fix_version === 'FIX.4.2') rows.push([21, 'HandlInst', '1', 'desk']);
  rows.push([55, 'Symbol', now.symbol.trim(), 'you'], [54, 'Side', now.side, 'you'], [38, 'OrderQty', now.order_qty, 'you']);
  rows.push([40, 'OrdType', now.ord_type, 'you']);
  if (needsPrice.value) rows.push([44, 'Price', now.price, 'you']);
  if (needsStop.value) rows.push([99, 'StopPx', now.stop_px, 'you']);
  rows.push([59, 'TimeInForce', now.time_in_force, 'you']);
  if (now.account) rows.push([1, 'Account', now.account, 'you']);
  for (const extra of was ? [] : extras.value) {
    const field = fieldOf(extra.name);
    rows.push([field?.tag ?? extra.name.trim(), field?.name ?? '', extra.value, 'you']);
  }
  rows.push([60, 'TransactTime', '…', 'desk'], [10, 'CheckSum', '…', 'engine']);
  return rows.map(([tag, name, value, by]) => ({ tag, name, value, by }));
}

export function fillFrom(row) {
  batch(() => {
    selectSession(row.session_name);
    order.value = row;
    refusals.value = [];
    touched.value = new Set();
    extras.value = [];
    form.value = {
      side: toCode(SIDES, row.side), symbol: row.symbol ?? '', order_qty: row.order_qty ?? '', ord_type: toCode(ORD_TYPES, row.ord_type) ?? '2',
      price: row.price ?? '', stop_px: row.stop_px ?? '', time_in_force: toCode(TIFS, row.time_in_force) ?? '0', account: row.account ?? '',
    };
  });
}

// Back to a new order; the instrument and side of the last one stay, for the next is often like it.
export function startNew({ keep = false } = {}) {
  batch(() => {
    order.value = null;
    refusals.value = [];
    touched.value = new Set();
    if (!keep) extras.value = [];
    form.value = keep ? { ...form.value } : { ...BLANK, account: recall('account', '') };
  });
}

// The order on the ticket goes on living: what the counterparty changes is followed, what the person typed stays.
orders.subscribe((change) => {
  const mine = order.value && [...change.update, ...change.add].find((row) => orderKey(row) === orderKey(order.value));
  if (!mine) return;
  const was = order.value;
  batch(() => {
    order.value = mine;
    const follow = (key) => (was[key] !== mine[key] && (form.value[key] === (was[key] ?? '')) ? mine[key] ?? '' : form.value[key]);
    form.value = { ...form.value, order_qty: follow('order_qty'), price: follow('price'), stop_px: follow('stop_px') };
  });
});

export async function submit() {
  if (sending.value) return;
  touched.value = new Set([...Object.keys(faults.value), ...touched.value]);
  if (Object.keys(faults.value).length) {
    toast('error', 'Not sent', Object.values(faults.value).join('\n'));
    return;
  }
  sending.value = true;
  refusals.value = [];
  try {
    await (order.value ? replace() : send());
  } catch (problem) {
    refusals.value = problem.errors ?? [];
    toast('error', order.value ? 'Not replaced' : 'Not sent', problem.text);
  } finally {
    // A double click is one order: the button stays shut for longer than the second click takes.
    setTimeout(() => {
      sending.value = false;
    }, AGAIN_AFTER_MS);
  }
}

async function send() {
  const session = selectedSession.value;
  const now = form.value;
  const body = { session_name: session.name, symbol: now.symbol.trim(), side: now.side, order_qty: now.order_qty, ord_type: now.ord_type };
  if (needsPrice.value) body.price = now.price;
  if (needsStop.value) body.stop_px = now.stop_px;
  body.time_in_force = now.time_in_force;
  if (now.account) body.account = now.account;
  for (const extra of extras.value) {
    const field = fieldOf(extra.name);
    if (field) body[field.key] = extra.value;
    else body.custom_tags = { ...body.custom_tags, [extra.name.trim()]: extra.value };
  }
  const answer = await rest.sendOrder(body);
  remember('account', now.account);
  toast('good', `Sent: ${sideLabel(now.side)} ${now.order_qty} ${body.symbol}`, `${answer.cl_ord_id} on ${session.name}`);
}

async function replace() {
  const was = order.value;
  if (!isOpen(was)) {
    toast('error', 'Not replaced', `The order is closed (${was.status}); send a new one.`);
    return;
  }
  if (!Object.keys(changes.value).length) {
    toast('info', 'Nothing to replace', 'Change the quantity, a price or the time in force first.');
    return;
  }
  const answer = await rest.replaceOrder({ cl_ord_id: was.cl_ord_id, ...changes.value });
  toast('info', `Replace sent: ${describe(was)}`, `${answer.orig_cl_ord_id} → ${answer.cl_ord_id}`);
}
