// One order in full: its chain of ClOrdIDs, its executions, and every FIX message behind it on a ladder.
import { html, useEffect, useRef, useState } from '../lib.js';
import { showDecimal } from '../fix/decimal.js';
import { ordTypeLabel, sideLabel, tifLabel, words } from '../fix/names.js';
import { dayAndTime } from '../fix/times.js';
import { rest } from '../net/rest.js';
import { canCancel, cancel, canReplace, describe } from '../state/actions.js';
import { orderKey, orders } from '../state/desk.js';
import { asOf, deskAway, doubtText, down } from '../state/liveness.js';
import { zone } from '../state/prefs.js';
import { orderPath } from '../state/route.js';
import { fillFrom } from '../state/ticket.js';
import { drawerKey, nowhere, phoneTab, visitor } from '../state/view.js';
import { Icon, Status } from './bits.js';
import { AskStatus } from './ask_status.js';
import { Chain } from './chain.js';
import { pendingText } from './columns.js';
import { Executions } from './executions.js';
import { Ladder } from './ladder.js';
import { LinkButton } from './link_button.js';

const SETTLE_MS = 400; // the desk stores executions and messages in batches, a moment after the order's change

const close = () => {
  drawerKey.value = null;
  nowhere.value = null;
};

export function Drawer() {
  orders.version.value;
  if (nowhere.value) return html`<${Nowhere} />`;
  const key = drawerKey.value;
  const order = key && (orders.get(key) ?? (visitor.value && orderKey(visitor.value) === key ? visitor.value : null));
  return order ? html`<${Detail} key=${drawerKey.value} order=${order} />` : null;
}

function Nowhere() {
  const { title, text, again } = nowhere.value;
  const box = useRef(null);
  useEffect(() => box.current.focus(), []);
  return html`<aside class="drawer" ref=${box} tabindex="-1" role="alert" aria-label=${title} data-testid="nowhere">
    <div class="drawer-head"><h2>${title}</h2><button type="button" class="icon-button" aria-label="Close" onClick=${close}><${Icon} name="cross" /></button></div>
    <p class="quiet">${text}</p>
    <div class="dialog-buttons">${again && html`<button type="button" class="primary" onClick=${again}>Try again</button>`}<button type="button" onClick=${close}>Close</button></div>
  </aside>`;
}

function Detail({ order }) {
  const [more, setMore] = useState({ executions: [], ladder: null, fault: null });
  const box = useRef(null);
  const load = () => Promise.all([rest.order(order.cl_ord_id), rest.ladder(order.cl_ord_id)]).then(
    ([{ executions }, ladder]) => setMore({ executions, ladder, fault: null }),
    (problem) => setMore((was) => ({ ...was, fault: problem.text })),
  );
  const older = () => rest.ladder(order.cl_ord_id, more.ladder.next_before).then(
    (found) => setMore((was) => ({ ...was, ladder: { ...was.ladder, steps: [...found.steps, ...was.ladder.steps], next_before: found.next_before } })),
    (problem) => setMore((was) => ({ ...was, fault: problem.text })),
  );
  useEffect(() => {
    box.current.focus();
    load();
  }, []);
  useEffect(() => {
    const timer = setTimeout(load, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [order]);
  return html`<aside class="drawer" ref=${box} tabindex="-1" aria-label="Order detail" data-testid="drawer">
    <div class="drawer-head">
      <h2>${describe(order)}</h2>
      <${LinkButton} path=${() => orderPath(order.cl_ord_ids[0])} what="this order" testid="order-link" />
      <button type="button" class="icon-button" aria-label="Close" data-testid="drawer-close" onClick=${close}><${Icon} name="cross" /></button>
    </div>
    <p class="drawer-status"><${Status} order=${order} /> ${order.pending && html`<span class="pending">${pendingText(order)}</span>`}
      <${Doubt} order=${order} /><span class="grow"></span>
      <button type="button" class="small" disabled=${Boolean(deskAway.value) || !canReplace(order)} title=${deskAway.value} onClick=${() => { fillFrom(order); phoneTab.value = 'ticket'; close(); }}>Replace</button>
      <button type="button" class="small danger" disabled=${Boolean(deskAway.value) || !canCancel(order)} title=${deskAway.value} onClick=${() => cancel(order)}>Cancel order</button></p>
    <${AskStatus} clOrdId=${order.cl_ord_id} ladder=${more.ladder} onLadder=${(ladder) => setMore((was) => ({ ...was, ladder }))} />
    ${order.text && html`<p class="order-text" data-testid="drawer-text">${order.text}</p>`}
    ${order.warnings?.length > 0 && html`<ul class="order-warnings" data-testid="drawer-warnings">${order.warnings.map((one) => html`<li key=${one.code}><${Icon} name="warn" size=${12} /> ${one.text}</li>`)}</ul>`}
    <${Facts} order=${order} />
    <h3>Chain</h3>
    <${Chain} order=${order} steps=${more.ladder?.steps ?? []} />
    <h3>Executions</h3>
    ${more.fault && html`<p class="fault">${more.fault}</p>`}
    <${Executions} rows=${more.executions} />
    <h3>Messages</h3>
    ${more.ladder && html`<${Ladder} ladder=${more.ladder} more=${older} />`}
  </aside>`;
}

function Doubt({ order }) {
  down.value;
  const why = doubtText(order);
  return why && html`<span class="as-of" title=${why} data-testid="drawer-as-of"><${Icon} name="pause" size=${11} /> ${asOf(order)}</span>`;
}

function Facts({ order }) {
  const further = { ...order.fields, ...order.custom_tags };
  const rows = [
    ['Session', order.session_name], ['Account', order.account], ['OrderID', order.order_id], ['Side', sideLabel(order.side)], ['Type', ordTypeLabel(order.ord_type)],
    ['Time in force', tifLabel(order.time_in_force)], ['Quantity', showDecimal(order.order_qty)], ['Price', showDecimal(order.price, 2)], ['Stop price', showDecimal(order.stop_px, 2)],
    ['Filled', showDecimal(order.cum_qty)], ['Leaves', showDecimal(order.leaves_qty)], ['Average price', Number(order.avg_px) ? showDecimal(order.avg_px, 2) : ''],
    ['Sent', dayAndTime(order.created_at, zone.value)], ['Changed', dayAndTime(order.updated_at, zone.value)], ...Object.entries(further).map(([key, value]) => [/^\d+$/.test(key) ? `Tag ${key}` : words(key), shown(value)]),
  ].filter(([, value]) => value !== null && value !== undefined && value !== '');
  return html`<dl class="facts">${rows.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd class="num">${value}</dd></div>`)}</dl>`;
}

// The entries of a repeating group, one after the other.
const shown = (value) => (Array.isArray(value) ? value.map((entry) => Object.entries(entry).map(([key, one]) => `${words(key)} ${Array.isArray(one) ? `(${shown(one)})` : one}`).join(', ')).join('; ') : value);
