// What a person can have done to sessions and orders, with its result as a toast.
import { showDecimal } from '../fix/decimal.js';
import { isOpen, sideLabel, statusLabel } from '../fix/names.js';
import { rest } from '../net/rest.js';
import { orders } from './desk.js';
import { surely } from './settling.js';
import { toast } from './toasts.js';
import { ask } from './view.js';

const CANCELS_AT_ONCE = 8;

export const describe = (order) =>
  `${sideLabel(order.side)} ${showDecimal(order.order_qty)} ${order.symbol}${order.price ? ` at ${showDecimal(order.price, 2)}` : ''}`;

export async function connect(name) {
  await rest.connect(name).catch((problem) => toast('error', `${name}: ${problem.title}`, problem.text));
}

export async function disconnect(name) {
  await rest.disconnect(name).catch((problem) => toast('error', `${name}: ${problem.title}`, problem.text));
}

// A filled order can be replaced by a larger quantity: it is open again then.
export const canReplace = (order) => isOpen(order) || order.status === 'FILLED';

export const canCancel = (order) => isOpen(order) && order.pending?.type !== 'cancel';

const cancelOnce = (order) => surely(order.session_name, `Cancel of ${describe(order)}`, (clOrdId) => rest.cancelOrder({ cl_ord_id: order.cl_ord_id, new_cl_ord_id: clOrdId }));

export async function cancel(order) {
  try {
    if (await cancelOnce(order)) toast('info', `Cancel sent: ${describe(order)}`, order.cl_ord_id);
  } catch (problem) {
    toast('error', `Not canceled: ${describe(order)}`, problem.text);
  }
}

export function askCancel(list, title = null) {
  const open = list.filter(canCancel);
  if (!open.length) {
    toast('info', 'Nothing to cancel', list.length === 1 ? `${describe(list[0])}: ${list[0].pending?.type === 'cancel' ? 'its cancel is sent already' : `it is ${statusLabel(list[0]).toLowerCase()}`}.` : list.length ? 'None of these orders is open.' : 'There is no open order.');
    return;
  }
  ask({
    title: title ?? (open.length === 1 ? 'Cancel this order?' : `Cancel ${open.length} orders?`),
    text: open.length < list.length ? `${list.length - open.length} of the chosen orders can't be canceled any more and stay as they are.` : '',
    list: open.map((order) => `${describe(order)} · ${order.session_name} · ${order.cl_ord_id}`),
    confirm: open.length === 1 ? 'Cancel the order' : `Cancel ${open.length} orders`,
    act: () => cancelMany(open),
  });
}

export const askCancelAll = () => askCancel(orders.all().filter(canCancel), null);

// `chosen`: the order that is looked at. One that is closed is said to be so, and no other one is proposed for it.
export function askCancelOne(chosen) {
  if (chosen) {
    askCancel([chosen]);
    return;
  }
  const open = orders.all().filter(canCancel);
  const last = open.reduce((latest, order) => (!latest || order.created_at > latest.created_at ? order : latest), null);
  askCancel(last ? [last] : [], 'Cancel the last order?');
}

async function cancelMany(list) {
  if (list.length === 1) return cancel(list[0]);
  const queue = [...list];
  const refused = [];
  let sent = 0;
  const work = async () => {
    for (let order = queue.shift(); order; order = queue.shift()) {
      await cancelOnce(order).then((answer) => { sent += Number(answer !== null); }, (problem) => refused.push(`${order.cl_ord_id}: ${problem.text}`));
    }
  };
  await Promise.all(Array.from({ length: CANCELS_AT_ONCE }, work));
  if (sent) toast('info', `${sent} cancel requests sent`);
  if (refused.length) toast('error', `${refused.length} not canceled`, refused.slice(0, 10).join('\n'));
  return undefined;
}
