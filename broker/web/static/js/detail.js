// One order in full: its facts, its executions, and the messages that were sent about it.
import { html, useEffect, useRef, useState } from '/shared/js/lib.js';
import { showDecimal } from '/shared/js/fix/decimal.js';
import { isOpen, msgTypeName, ordTypeLabel, sideLabel, tifLabel } from '/shared/js/fix/names.js';
import { dayAndTime, time } from '/shared/js/fix/times.js';
import { zone } from '/shared/js/state/prefs.js';
import { toast } from '/shared/js/state/toasts.js';
import { Icon, Status } from '/shared/js/ui/bits.js';
import { canChangeState, changeState, decide, requestText } from './acts.js';
import { get } from './api.js';
import { amend, cancel, describe, fill, reject } from './deeds.js';
import { ExecutionRow } from './executions.js';
import { openOrder, orders } from './state.js';
import { canFill, canReject } from './orders.js';
import { price } from './words.js';

const close = () => {
  openOrder.value = null;
};

export function Detail() {
  orders.version.value;
  const id = openOrder.value;
  const order = id === null ? null : orders.get(String(id));
  useEffect(() => {
    // An execution may belong to an order that is older than those the page holds.
    if (id !== null && !order) get(`/api/orders/${id}`).then((found) => orders.put(found), (problem) => { toast('error', problem.title, problem.message); close(); });
  }, [id, !order]);
  return order ? html`<${Drawer} key=${order.id} order=${order} />` : null;
}

function Drawer({ order }) {
  const [more, setMore] = useState({ executions: [], messages: [], fault: null });
  const [chosen, setChosen] = useState(null);
  const box = useRef(null);
  useEffect(() => {
    const before = document.activeElement;
    box.current.focus();
    return () => before?.isConnected && before.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    let gone = false;
    Promise.all([get(`/api/orders/${order.id}`), get(`/api/orders/${order.id}/messages`)]).then(
      ([{ executions }, { messages }]) => gone || setMore({ executions, messages, fault: null }),
      (problem) => gone || setMore((was) => ({ ...was, fault: problem.message })),
    );
    return () => {
      gone = true;
    };
  }, [order.updated_at]);
  return html`<aside class="drawer" ref=${box} tabindex="-1" aria-label="Order detail" data-testid="drawer" onKeyDown=${(event) => event.key === 'Escape' && close()}>
    <div class="drawer-head"><h2>${describe(order)}</h2>
      <button type="button" class="icon-button" aria-label="Close" data-testid="drawer-close" onClick=${close}><${Icon} name="cross" /></button></div>
    <p class="drawer-status"><${Status} order=${order} /><span class="grow"></span></p>
    ${order.requests.length > 0 && html`<ul class="requests">${order.requests.map((request, at) => html`<li key=${request.cl_ord_id} data-testid="request"><span class="pending">${requestText(request)}</span> <span class="quiet small-text">${request.due ? `answered at ${time(request.due, zone.value)}` : 'waits for a person'}</span><span class="grow"></span>
      <button type="button" class="small" disabled=${at > 0} data-testid="request-accept" onClick=${() => decide(order, request, true)}>Accept…</button>
      <button type="button" class="small danger" disabled=${at > 0} data-testid="request-reject" onClick=${() => decide(order, request, false)}>Reject…</button></li>`)}</ul>`}
    ${(isOpen(order) || canChangeState(order)) && html`<div class="deeds">${isOpen(order) && html`${canFill(order) && html`<button type="button" class="small" data-testid="drawer-fill" onClick=${() => fill(order)}>Fill…</button>`}
      <button type="button" class="small" onClick=${() => amend(order)}>Amend…</button>
      <button type="button" class="small danger" data-testid="drawer-cancel" onClick=${() => cancel(order)}>Cancel…</button>
      ${canReject(order) && html`<button type="button" class="small danger" data-testid="drawer-reject" onClick=${() => reject(order)}>Reject…</button>`}`}
      ${canChangeState(order) && html`<button type="button" class="small" data-testid="drawer-state" onClick=${() => changeState(order)}>State…</button>`}</div>`}
    ${order.text && html`<p class="order-text" data-testid="drawer-text">${order.text}</p>`}
    <${Facts} order=${order} />
    ${more.fault && html`<p class="fault">${more.fault}</p>`}
    <h3>Executions</h3>
    ${more.executions.length ? html`<div class="scroll-x"><table class="table"><thead><tr><th>Time</th><th class="right">Quantity</th><th class="right">Price</th><th class="right">Filled</th><th>ExecID</th><th>Status</th></tr></thead>
      <tbody>${more.executions.map((one) => html`<${ExecutionRow} key=${one.exec_id} one=${one} />`)}</tbody></table></div>` : html`<p class="quiet">None yet.</p>`}
    <h3>Messages sent to the client</h3>
    ${more.messages.length ? html`<ul class="drawer-messages">${more.messages.map((one) => html`<${Message} key=${one.msg_seq_num} one=${one} open=${chosen === one.msg_seq_num} toggle=${() => setChosen(chosen === one.msg_seq_num ? null : one.msg_seq_num)} />`)}</ul>`
      : html`<p class="quiet">${order.fix_version ? 'None is stored.' : 'A house order has no client.'}</p>`}
  </aside>`;
}

const Message = ({ one, open, toggle }) => html`<li><button type="button" aria-expanded=${open} data-testid="message" onClick=${toggle}>
    <span class="num">${one.sending_time.slice(9)}</span> <${Icon} name="out" size=${11} /> <b>${msgTypeName(one.msg_type)}</b> <span class="quiet num">${one.msg_seq_num}</span></button>
  ${open && html`<div class="decode"><p class="mono raw">${one.raw.replaceAll('\x01', '|')}</p><table><tbody>${one.fields.map(({ tag, name, value, meaning }, at) => html`<tr key=${at}><td class="num">${tag}</td><td class="quiet">${name ?? ''}</td><td class="mono">${value}</td><td class="quiet">${meaning ?? ''}</td></tr>`)}</tbody></table></div>`}</li>`;

function Facts({ order }) {
  const rows = [
    ['Client', order.sender_comp_id], ['ClOrdID', order.cl_ord_id], ['Earlier ClOrdIDs', order.cl_ord_ids.slice(0, -1).join(', ')], ['Version', order.fix_version], ['Account', order.account],
    ['Side', sideLabel(order.side)], ['Type', ordTypeLabel(order.order_type)], ['Time in force', tifLabel(order.time_in_force)],
    ['Quantity', showDecimal(order.quantity)], ['Displayed', showDecimal(order.max_floor ?? '')], ['Limit price', price(order.limit_price)], ['Stop price', price(order.stop_price)],
    ['Filled', showDecimal(order.filled_quantity)], ['Leaves', showDecimal(order.remaining_quantity)], ['Average price', Number(order.average_price) ? price(order.average_price) : ''],
    ['Filled by', order.behaviour], ['List', order.list_id], ['Expires', order.expire_at && dayAndTime(order.expire_at, zone.value)], ['Came in', dayAndTime(order.created_at, zone.value)], ['Changed', dayAndTime(order.updated_at, zone.value)],
  ].filter(([, value]) => value);
  return html`<dl class="facts">${rows.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd class="num">${value}</dd></div>`)}</dl>`;
}
