// What a person does to orders: each deed asks for what it needs, and tells what the broker made of it.
import { showDecimal } from '/shared/js/fix/decimal.js';
import { ORD_TYPES, SIDES, TIFS, ordTypeLabel, sideLabel, tifLabel } from '/shared/js/fix/names.js';
import { part, post, put, remove } from './api.js';
import { ask } from './forms.js';
import { stocks } from './state.js';
import { price } from './words.js';

export const describe = (order) =>
  [order.order_id, sideLabel(order.side), showDecimal(order.quantity), order.symbol, order.limit_price ? `at ${price(order.limit_price)}` : ordTypeLabel(order.order_type).toLowerCase()].join(' ');

const whose = (order) => `${order.sender_comp_id}, ClOrdID ${order.cl_ord_id}`;
const path = (order) => `/api/orders/${order.id}`;
const number = (name, label, more = {}) => ({ name, label, kind: 'number', ...more });
const text = (hint) => ({ name: 'text', label: 'Text to the client', optional: true, hint });

export function fill(order) {
  ask({
    title: `Fill ${describe(order)}`,
    text: whose(order),
    fields: [
      number('exec_quantity', 'Quantity', { value: order.remaining_quantity, hint: `${showDecimal(order.remaining_quantity)} open` }),
      number('exec_price', 'Price', { value: order.limit_price ?? stocks.peek().get(order.symbol)?.last_price ?? '', hint: lastHint(order.symbol) }),
    ],
    confirm: 'Fill',
    act: (values) => post('/api/executions', { order_id: order.id, ...values }),
    done: (made) => `${order.order_id}: filled ${showDecimal(made.exec_quantity)} at ${price(made.exec_price)}`,
  });
}

const lastHint = (symbol) => {
  const last = stocks.peek().get(symbol)?.last_price;
  return last ? `last ${price(last)}` : undefined;
};

const REASONS = { BROKER_OPTION: 'Broker option', VERBAL_CHANGE: 'Verbal change', PARTIAL_DECLINE: 'Partial decline of the quantity', REPRICING: 'Repricing', RENEWAL: 'Renewal of a lasting order', CORPORATE_ACTION: 'Corporate action' };
const reason = { name: 'restatement_reason', label: 'ExecRestatementReason', kind: 'choice', options: Object.entries(REASONS) };

export function amend(order) {
  const fields = [number('quantity', 'Quantity', { value: order.quantity, hint: `${showDecimal(order.filled_quantity)} filled` })];
  if (order.limit_price) fields.push(number('limit_price', 'Limit price', { value: order.limit_price, hint: lastHint(order.symbol) }));
  if (order.stop_price) fields.push(number('stop_price', 'Stop price', { value: order.stop_price }));
  fields.push(reason);
  ask({
    title: `Amend ${describe(order)}`, text: `${whose(order)}. The client gets an ExecutionReport Restated.`, fields, confirm: 'Amend',
    act: (values) => put(path(order), values), done: `${order.order_id} is amended`,
  });
}

export function cancel(order) {
  ask({
    title: `Cancel ${describe(order)}`, text: `${whose(order)}. ${showDecimal(order.remaining_quantity)} open will be canceled, unsolicited.`, fields: [text()],
    confirm: 'Cancel the order', danger: true, act: (values) => remove(path(order), values), done: `${order.order_id} is canceled`,
  });
}

export function reject(order) {
  ask({
    title: `Reject ${describe(order)}`, text: `${whose(order)}. This can't be undone.`, fields: [text()],
    confirm: 'Reject the order', danger: true, act: (values) => post(`${path(order)}/reject`, values), done: `${order.order_id} is rejected`,
  });
}

const NEEDS_LIMIT = new Set(['LIMIT', 'STOP_LIMIT', 'LIMIT_ON_CLOSE']);
const NEEDS_STOP = new Set(['STOP', 'STOP_LIMIT']);
const HOUSE_SIDES = new Set(['BUY', 'SELL', 'SELL_SHORT']);
const options = (rows) => rows.map(({ name, label }) => [name, label]);

export function enterHouseOrder(given = {}) {
  const symbols = [...stocks.peek().keys()];
  ask({
    title: 'House order',
    text: 'An order of the broker’s own, which trades with clients’ orders.',
    fields: [
      { name: 'side', label: 'Side', kind: 'choice', options: options(SIDES.filter(({ name }) => HOUSE_SIDES.has(name))), value: given.side },
      { name: 'symbol', label: 'Symbol', suggest: symbols, value: given.symbol ?? symbols[0] },
      number('quantity', 'Quantity', { value: '100' }),
      { name: 'order_type', label: 'Type', kind: 'choice', options: options(ORD_TYPES), value: 'LIMIT' },
      number('limit_price', 'Limit price', { when: ({ order_type: type }) => NEEDS_LIMIT.has(type), value: given.price }),
      number('stop_price', 'Stop price', { when: ({ order_type: type }) => NEEDS_STOP.has(type) }),
      { name: 'time_in_force', label: 'Time in force', kind: 'choice', options: TIFS.filter(({ name }) => name !== 'GTD').map(({ name }) => [name, tifLabel(name)]) },
      { name: 'account', label: 'Account', optional: true },
    ],
    confirm: 'Enter',
    act: (values) => post('/api/orders', values),
    done: (order) => `${describe(order)} is entered`,
  });
}

export function setPrice(stock) {
  ask({
    title: `Price of ${stock.symbol}`, text: 'A new last price triggers stops and fills what it reaches.',
    fields: [number('last_price', 'Last price', { value: stock.last_price })], confirm: 'Set',
    act: (values) => put(`/api/stocks/${part(stock.symbol)}`, values), done: (now) => `${now.symbol} is at ${price(now.last_price)}`,
  });
}
