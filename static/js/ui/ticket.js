import { html } from '../lib.js';
import { isBuy, isSell, statusLabel } from '../fix/names.js';
import { link } from '../net/socket.js';
import { canCancel, cancel, canReplace, describe } from '../state/actions.js';
import { health, orderKey, selectedSession, symbols } from '../state/desk.js';
import { ticketTemplates } from '../state/templates.js';
import * as ticket from '../state/ticket.js';
import { drawerKey } from '../state/view.js';
import { Icon } from './bits.js';
import { Extras } from './extras.js';
import { Preview } from './preview.js';
import { lightOf } from './session_light.js';
import { TemplateMenu } from './template_menu.js';
import { common, Field, Text } from './ticket_field.js';
import { Needs } from './ticket_needs.js';

const Choice = ({ name, rows, disabled }) => html`<select ...${common(name)} disabled=${disabled} value=${ticket.form.value[name]} onChange=${(event) => ticket.set(name, event.target.value)}>
  ${rows.map((row) => html`<option key=${row.code} value=${row.code} selected=${row.code === ticket.form.value[name]}>${row.label}</option>`)}
  ${!rows.some((row) => row.code === ticket.form.value[name]) && html`<option value=${ticket.form.value[name]} selected>${ticket.form.value[name]}</option>`}
</select>`;

function why() {
  if (link.value.state === 'lost') return 'No connection to the desk';
  if (!health.value.engine.available) return 'The FIX engine is not available';
  const session = selectedSession.value;
  if (!session) return 'No session';
  if (!session.logged_on) return `${session.name}: ${lightOf(session).text.toLowerCase()}`;
  const order = ticket.order.value;
  return order && !canReplace(order) ? `This order is ${statusLabel(order).toLowerCase()}: it can't be changed` : null;
}

export function Ticket() {
  const order = ticket.order.value;
  const submit = (event) => {
    event.preventDefault();
    ticket.submit();
  };
  return html`<section class="panel ticket" aria-labelledby="ticket-title" data-testid="ticket" data-mode=${order ? 'replace' : 'new'}>
    <h2 id="ticket-title">${order ? 'Order' : 'New order'}
      <span class="quiet">${selectedSession.value ? ` on ${selectedSession.value.name}` : ''}</span>
      <span class="grow"></span>
      ${!order && html`<${TemplateMenu} templates=${ticketTemplates} testid="ticket-templates" what="ticket" ready current=${ticket.toTemplate} describe=${inWords} onPick=${ticket.fromTemplate} />`}
      ${order && html`<button type="button" class="small" data-testid="ticket-new" title="Back to a new order (Esc)" onClick=${() => ticket.startNew()}>New order</button>`}
    </h2>
    <form onSubmit=${submit} noValidate>
      ${order && html`<${Chosen} order=${order} />`}
      <${Side} locked=${Boolean(order)} />
      <div class="fields">
        <${Field} name="symbol" label="Symbol" tag="55"><${Text} name="symbol" list="symbols" placeholder="AAPL" disabled=${Boolean(order)} autocapitalize="characters" /><//>
        <datalist id="symbols">${symbols.value.map((one) => html`<option key=${one} value=${one} />`)}</datalist>
        <${Field} name="order_qty" label="Quantity" tag="38"><${Text} name="order_qty" numeric placeholder="100" /><//>
        <${Field} name="ord_type" label="Type" tag="40"><${Choice} name="ord_type" rows=${ticket.ordTypes.value} /><//>
        <${Field} name="time_in_force" label="Time in force" tag="59"><${Choice} name="time_in_force" rows=${ticket.tifs.value} /><//>
        <${Needs} />
        <${Field} name="account" label="Account" tag="1"><${Text} name="account" disabled=${Boolean(order)} /><//>
      </div>
      ${!order && html`<${Extras} />`}
      <${Others} />
      <${Preview} />
      <${Buttons} order=${order} />
    </form>
  </section>`;
}

const inWords = ({ form }) => [ticket.sides.value.find(({ code }) => code === form.side)?.label, form.order_qty, form.symbol].filter(Boolean).join(' ');

function Side({ locked }) {
  const side = ticket.form.value.side;
  const rows = ticket.sides.value;
  const others = rows.filter((row) => row.code !== '1' && row.code !== '2');
  const other = others.some((row) => row.code === side);
  const button = (code, label, kind) => html`<button type="button" class=${`side side-${kind} ${side === code ? 'chosen' : ''}`} aria-pressed=${side === code}
    data-testid=${`side-${kind}`} disabled=${locked} onClick=${() => ticket.set('side', code)}>${side === code && html`<${Icon} name="check" />`} ${label}</button>`;
  return html`<div class="sides" role="group" aria-label="Side(54)">
    ${button('1', 'Buy', 'buy')}${button('2', 'Sell', 'sell')}
    <select aria-label="Other sides" class=${other ? 'chosen' : ''} disabled=${locked} data-testid="side-other" value=${other ? side : ''} onChange=${(event) => event.target.value && ticket.set('side', event.target.value)}>
      <option value="">Other</option>
      ${others.map((row) => html`<option key=${row.code} value=${row.code} selected=${row.code === side}>${row.label}</option>`)}
    </select>
  </div>`;
}

const Chosen = ({ order }) => html`<p class="chosen-order" data-testid="ticket-order">
  <b>${describe(order)}</b> <span class="quiet">${statusLabel(order)}${order.pending ? `, ${order.pending.type} sent` : ''}${Number(order.cum_qty) ? `, ${order.cum_qty} filled` : ''}</span>
  <button type="button" class="small" onClick=${() => { drawerKey.value = orderKey(order); }}>Details</button>
</p>`;

// Refusals of fields that have no place of their own on the form.
function Others() {
  const shown = new Set(['symbol', 'order_qty', 'ord_type', 'time_in_force', 'account', 'expire_date', 'expire_time', ...ticket.needs.value.map(({ key }) => key), ...ticket.extras.value.map(ticket.apiField)]);
  const rest = ticket.refusals.value.filter((one) => !shown.has(one.field.replace(/\[.*/, '')));
  return rest.length > 0 && html`<ul class="fault" data-testid="fault-others">${rest.map((one) => html`<li key=${one.field}>${one.field}: ${one.message}</li>`)}</ul>`;
}

function Buttons({ order }) {
  const reason = why();
  const side = ticket.form.value.side;
  const name = ticket.sides.value.find((row) => row.code === side);
  const kind = isBuy(name?.name) ? 'buy' : isSell(name?.name) ? 'sell' : 'other';
  const { order_qty: qty, symbol } = ticket.form.value;
  const busy = ticket.sending.value;
  return html`<div class="send">
    ${order ? html`<div class="send-row">
      <button type="submit" class="primary" data-testid="replace" disabled=${busy || Boolean(reason)}>${busy ? 'Sending…' : 'Replace'}</button>
      <button type="button" class="danger" data-testid="cancel" disabled=${Boolean(reason) || !canCancel(order)} onClick=${() => cancel(order)}>Cancel order</button>
    </div>` : html`<button type="submit" class=${`primary send-${kind}`} data-testid="send" disabled=${busy || Boolean(reason)}>
      ${busy ? 'Sending…' : `Send: ${name?.label ?? side} ${qty} ${symbol.trim()}`}</button>`}
    <p class="hint" data-testid="send-hint">${reason ? html`<${Icon} name="warn" /> ${reason}` : html`<span class="with-keys"><kbd>Ctrl</kbd>+<kbd>Enter</kbd> sends</span>`}</p>
  </div>`;
}
