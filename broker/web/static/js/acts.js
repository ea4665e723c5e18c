// What a person decides about fills and requests that exist, and the states an order is put into.
import { showDecimal } from '/shared/js/fix/decimal.js';
import { isOpen, words } from '/shared/js/fix/names.js';
import { part, post } from './api.js';
import { describe } from './deeds.js';
import { ask } from './forms.js';
import { price } from './words.js';

const text = { name: 'text', label: 'Text to the client', optional: true };
const fillOf = (one) => `${one.exec_id}: ${showDecimal(one.exec_quantity)} ${one.symbol} at ${price(one.exec_price)}`;
const path = (one, act) => `/api/executions/${part(one.exec_id)}/${act}`;

export const bust = (one) => ask({
  title: `Bust ${fillOf(one)}`, text: `${one.sender_comp_id}, ClOrdID ${one.cl_ord_id}. The fill never was: the order is as it would be without it. This can't be undone.`,
  fields: [text], confirm: 'Bust the fill', danger: true, act: (values) => post(path(one, 'bust'), values), done: `${one.exec_id} is busted`,
});

export const correct = (one) => ask({
  title: `Correct ${fillOf(one)}`, text: `${one.sender_comp_id}, ClOrdID ${one.cl_ord_id}. A new execution takes this one's place.`,
  fields: [
    { name: 'exec_quantity', label: 'Quantity', kind: 'number', value: one.exec_quantity },
    { name: 'exec_price', label: 'Price', kind: 'number', value: one.exec_price },
    text,
  ],
  confirm: 'Correct', act: (values) => post(path(one, 'correct'), values), done: `${one.exec_id} is corrected`,
});

const STATES = [
  ['DONE_FOR_DAY', 'Done for day · nothing more happens to it today'],
  ['SUSPENDED', 'Suspended · rests outside of the book'],
  ['STOPPED', 'Stopped · guaranteed a price, goes on trading'],
  ['CALCULATED', 'Calculated · after it is filled or done for day'],
  ['EXPIRED', 'Expired'],
  ['NEW', 'Resumed · takes a hold away'],
];

// "replace r1: 200 at 231.00, waits for a person"
export function requestText(request) {
  const terms = request.type === 'cancel' ? '' : [showDecimal(request.quantity ?? ''), request.limit_price && `at ${price(request.limit_price)}`, request.stop_price && `stop ${price(request.stop_price)}`].filter(Boolean).join(' ');
  return `${words(request.type)} ${request.cl_ord_id}${terms && `: ${terms}`}`;
}

export const canChangeState = (order) => isOpen(order) || ['DONE_FOR_DAY', 'FILLED'].includes(order.status);

export const changeState = (order) => ask({
  title: `State of ${describe(order)}`, text: `${order.sender_comp_id}, ClOrdID ${order.cl_ord_id}. The client gets an ExecutionReport.`,
  fields: [{ name: 'status', label: 'New state', kind: 'choice', options: STATES, wide: true }, text], confirm: 'Change',
  act: (values) => post(`/api/orders/${order.id}/state`, values), done: (now) => `${now.order_id} is ${words(now.status).toLowerCase()}`,
});

export const decide = (order, request, accept) => ask({
  title: `${accept ? 'Accept' : 'Reject'} the ${request.type} ${request.cl_ord_id}`, text: describe(order),
  fields: accept ? [] : [text], confirm: accept ? 'Accept' : 'Reject', danger: !accept,
  act: (values) => post(`/api/orders/${order.id}/requests/${part(request.cl_ord_id)}/${accept ? 'accept' : 'reject'}`, values),
  done: `${request.cl_ord_id} is ${accept ? 'accepted' : 'rejected'}`,
});
