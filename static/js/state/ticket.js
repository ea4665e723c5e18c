// The ticket: what is typed, what the session's dictionary allows, what is wrong with it, and the message it makes.
import { batch, computed, effect, signal, untracked } from '../lib.js';
import { compareDecimals, isPositive, plain, sameDecimal } from '../fix/decimal.js';
import { ORD_TYPES, SIDES, TIFS, toCode, words } from '../fix/names.js';
import { checkEntries, checkField, checkText } from '../fix/check.js';
import { fromBody, isGroup, newEntry, newField, specOf, toBody } from '../fix/form.js';
import { expiryFields, expiryOf, isGoodTillDate, needsOf } from '../fix/order_needs.js';
import { orderKey, orders, selectSession, selectedSession } from './desk.js';
import { dictionaryOf, keepTrying } from './dictionaries.js';
import { watched } from './market.js';
import { recall } from './prefs.js';
import { moveTo } from './ticket_session.js';
import { symbolOf } from './symbol_case.js';

const BLANK = { side: '1', symbol: '', order_qty: '', ord_type: '2', price: '', stop_px: '', time_in_force: '0', account: '' };

export const form = signal({ ...BLANK, account: recall('account', '') });
export const extras = signal([]); // further fields, as in fix/form.js: [{id, name, value, entries}]
export const order = signal(null); // the order that is being replaced, as it is now; null: a new one
export const touched = signal(new Set()); // fields whose faults may be shown
export const refusals = signal([]); // what the desk said was wrong: [{field, message}]

export function set(name, value) {
  if (form.value[name] === value) return;
  batch(() => {
    form.value = { ...form.value, [name]: value };
    refusals.value = refusals.value.filter((one) => one.field !== name);
    if (value !== '') touch(name);
  });
}

export const symbolAs = (text) => symbolOf(selectedSession.value?.name, text, watched.value.map((one) => one.symbol));

// The symbol as it goes out; that of an order is the order's.
export const symbol = computed(() => (order.value ? form.value.symbol : symbolAs(form.value.symbol)));

export function touch(name) {
  if (!touched.value.has(name)) touched.value = new Set(touched.value).add(name);
}

export function addExtra(name = '') {
  extras.value = [...extras.value, named(newField(name))];
}

// A name that is that of a group opens its first entry.
function named(field) {
  const spec = fieldOf(field.name);
  if (!isGroup(spec)) return { ...field, entries: [] };
  return field.entries.length ? field : { ...field, value: '', entries: [newEntry(spec)] };
}

export function setExtra(id, change) {
  batch(() => {
    extras.value = extras.value.map((one) => (one.id === id ? ('name' in change ? named({ ...one, ...change, entries: [] }) : { ...one, ...change }) : one));
    const key = apiField(extras.value.find((extra) => extra.id === id));
    refusals.value = refusals.value.filter((one) => one.field !== key && !one.field.startsWith(`${key}[`));
  });
}

export function dropExtra(id) {
  extras.value = extras.value.filter((one) => one.id !== id);
}

export const dictionary = computed(() => dictionaryOf(selectedSession.value?.name, 'D'));

effect(() => {
  const name = selectedSession.value?.name;
  if (name) untracked(() => keepTrying(name, 'D', () => selectedSession.value?.name === name));
});

// Choices the dictionary allows, the usual ones first, in the words of names.js where there are some; the usual ones while it is not there.
const choices = (key, rows) => computed(() => {
  const values = dictionary.value?.byKey.get(key)?.values;
  if (!values?.length) return rows.filter(({ usual }) => usual);
  const unknown = values.filter(({ value }) => !rows.some(({ code }) => code === value));
  return [...rows.filter(({ code }) => values.some(({ value }) => value === code)), ...unknown.map(({ value, name }) => ({ code: value, name, label: words(name), usual: false }))];
});

export const sides = choices('side', SIDES);
export const ordTypes = choices('ord_type', ORD_TYPES);
export const tifs = choices('time_in_force', TIFS);

// Prices and what else the type, the time in force or the side asks for, as fix/order_needs.js has it.
export const needs = computed(() => needsOf(form.value, dictionary.value?.byKey ?? null));
export const needOf = (key) => needs.value.find((one) => one.key === key);
export const expiry = computed(() => (isGoodTillDate(form.value) ? expiryFields(form.value.expires_day ?? '', form.value.expires_at ?? '') : {}));

// Which dictionary field a further field means: by tag, FIX name or key; undefined for a tag it does not list.
export const fieldOf = (name) => specOf(dictionary.value?.fields, name);

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
  else if (order.value?.status === 'FILLED' && sameDecimal(now.order_qty, order.value.cum_qty)) found.order_qty = 'It is filled: a larger quantity opens it again.';
  for (const need of needs.value) needInto(found, need, now[need.key] ?? '');
  if (isGoodTillDate(now) && !now.expires_day) found.expires_day = 'Until which day?';
  checkInto(found, 'account', now.account);
  const seen = new Set();
  for (const extra of extras.value) {
    const message = extraFault(extra, seen);
    if (message) found[`extra.${extra.id}`] = message;
  }
  return found;
});

const tooLow = (qty, cumQty) => Boolean(cumQty) && compareDecimals(qty, cumQty) < 0;

const PRICE_WORDS = { price: 'price', stop_px: 'stop price' };

function needInto(found, need, text) {
  if (!text) {
    if (need.must) found[need.key] = PRICE_WORDS[need.key] ? `This order type needs a ${PRICE_WORDS[need.key]}.` : 'This order type needs it.';
  } else if (PRICE_WORDS[need.key]) {
    if (!isPositive(text)) found[need.key] = 'A number above 0.';
  } else {
    const message = checkField(need.spec, need.key, text);
    if (message) found[need.key] = message;
  }
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
  const placed = key in BLANK || key in expiry.value || needOf(key);
  if (seen.has(key) || placed) return placed ? 'This field has its own place above.' : 'Given twice.';
  seen.add(key);
  if (isGroup(field)) {
    const [first] = checkEntries(extra.entries, field);
    return first ? `${first[0]}: ${first[1]}` : null;
  }
  return checkField(field, name, extra.value);
}

const wasOf = (was, key) => String(was[key] ?? was.fields?.[key] ?? '');

// The order being replaced differs from the form in these: {key: value as it goes to the desk}.
export const changes = computed(() => {
  const [now, was] = [form.value, order.value];
  const found = {};
  if (!was) return found;
  if (isPositive(now.order_qty) && !sameDecimal(now.order_qty, was.order_qty)) found.order_qty = now.order_qty;
  for (const { key } of needs.value) {
    const [value, before] = [now[key] ?? '', wasOf(was, key)];
    if (PRICE_WORDS[key] ? isPositive(value) && !(before && sameDecimal(value, before)) : value !== before) found[key] = value === '' ? null : value;
  }
  if (now.ord_type !== toCode(ORD_TYPES, was.ord_type)) found.ord_type = now.ord_type;
  if (was.time_in_force ? now.time_in_force !== toCode(TIFS, was.time_in_force) : now.time_in_force !== '0') found.time_in_force = now.time_in_force;
  // What only the former type asked for goes with it.
  if (found.ord_type) {
    for (const { key } of needsOf({ ...now, ord_type: toCode(ORD_TYPES, was.ord_type) }, dictionary.value?.byKey ?? null)) {
      if (!(key in BLANK) && !needOf(key) && wasOf(was, key)) found[key] = null;
    }
  }
  for (const key of ['expire_date', 'expire_time']) {
    const [value, before] = [expiry.value[key] ?? '', wasOf(was, key)];
    if (value !== before) found[key] = value === '' ? null : value;
  }
  return found;
});

export function fillFrom(row) {
  batch(() => {
    selectSession(row.session_name);
    order.value = row;
    refusals.value = [];
    touched.value = new Set();
    extras.value = [];
    form.value = {
      side: toCode(SIDES, row.side), symbol: row.symbol ?? '', order_qty: row.order_qty ?? '', ord_type: toCode(ORD_TYPES, row.ord_type) ?? '2',
      price: row.price ?? '', stop_px: row.stop_px ?? '', time_in_force: toCode(TIFS, row.time_in_force) ?? '0', account: row.account ?? '', ...expiryOf(row.fields),
    };
    // What the type asks for is known only with the form above.
    const further = needs.value.filter(({ key }) => !(key in BLANK)).map(({ key }) => [key, wasOf(row, key)]);
    form.value = { ...form.value, ...Object.fromEntries(further) };
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

// A new order for all that is held of a position, on the other side; the type and the price are left to the trader.
export function closeOut({ session_name: name, symbol, account, net_qty: qty }) {
  batch(() => {
    moveTo(name);
    startNew();
    form.value = { ...form.value, symbol, account: account ?? '', side: qty.startsWith('-') ? '1' : '2', order_qty: plain(qty.replace('-', '')) };
  });
}

// A price that somebody pressed in a book: a new order at it, with the quantity that stands there.
export function fromMarket({ session_name: name, symbol }, side, price) {
  batch(() => {
    moveTo(name);
    if (order.value) startNew();
    const takesPrice = needsOf({ ...form.value, side }, null).some(({ key }) => key === 'price');
    form.value = { ...form.value, symbol, side, price: plain(price), ord_type: takesPrice ? form.value.ord_type : '2' };
    refusals.value = [];
  });
}

// A new order by what was typed in one line; what it does not say is as on an empty ticket.
export function fromLine(values, further) {
  batch(() => {
    startNew();
    form.value = { ...form.value, ...values };
    form.value = { ...form.value, symbol: symbol.value };
    extras.value = further.map(([name, value]) => newField(fieldOf(name)?.name ?? name, value));
  });
}

// What a template keeps of the ticket: {form, fields, custom_tags}.
export const toTemplate = () => ({ form: form.value, ...toBody(extras.value, dictionary.value?.fields ?? []) });

export function fromTemplate({ form: kept, fields, custom_tags: tags }) {
  batch(() => {
    startNew();
    form.value = { ...form.value, ...kept };
    extras.value = fromBody({ fields, custom_tags: tags }, dictionary.value?.fields ?? []);
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
