import { html } from '../lib.js';
import { isBuy, isSell, ORD_TYPES, statusLabel, TIFS } from '../fix/names.js';
import { canCancel, cancel, describe } from '../state/actions.js';
import { orderKey, selectedSession, symbols } from '../state/desk.js';
import { ticketTemplates } from '../state/templates.js';
import * as ticket from '../state/ticket.js';
import { killSwitch, noCancel, noSend, onTheWay } from '../state/ticket_send.js';
import { refusalLine } from '../state/ticket_words.js';
import { drawerKey } from '../state/view.js';
import { Icon } from './bits.js';
import { Extras } from './extras.js';
import { Preview } from './preview.js';
import { TemplateMenu } from './template_menu.js';
import { CommandLine } from './ticket_command.js';
import { Choice } from './ticket_choice.js';
import { Field, Text } from './ticket_field.js';
import { fieldKeys, pressSend } from './ticket_keys.js';
import { TicketMoved } from './ticket_moved.js';
import { Needs } from './ticket_needs.js';
import { QuoteLine } from './ticket_quote.js';

export function Ticket() {
  const order = ticket.order.value;
  return html`<section class="panel ticket" aria-labelledby="ticket-title" data-testid="ticket" data-mode=${order ? 'replace' : 'new'}>
    <h2 id="ticket-title">${order ? 'Order' : 'New order'}
      <span class="quiet">${selectedSession.value ? ` on ${selectedSession.value.name}` : ''}</span>
      <span class="grow"></span>
      ${!order && html`<${TemplateMenu} templates=${ticketTemplates} testid="ticket-templates" what="ticket" ready current=${ticket.toTemplate} describe=${inWords} onPick=${ticket.fromTemplate} />`}
      ${order && html`<button type="button" class="small" data-testid="ticket-new" title="Back to a new order (Esc)" onClick=${() => ticket.startNew()}>New order</button>`}
    </h2>
    <${TicketMoved} />
    <form onSubmit=${(event) => event.preventDefault()} onKeyDown=${fieldKeys} noValidate>
      ${order ? html`<${Chosen} order=${order} />` : html`<${CommandLine} />`}
      <${Side} locked=${Boolean(order)} />
      <${QuoteLine} />
      <div class="fields">
        <${Field} name="symbol" label="Symbol" tag="55"><${Text} name="symbol" list="symbols" placeholder="AAPL" disabled=${Boolean(order)} autocapitalize="characters" onChange=${() => !order && ticket.set('symbol', ticket.symbol.value)} /><//>
        <datalist id="symbols">${symbols.value.map((one) => html`<option key=${one} value=${one} />`)}</datalist>
        <${Field} name="order_qty" label="Quantity" tag="38"><${Text} name="order_qty" numeric placeholder="100" /><//>
        <${Field} name="ord_type" label="Type" tag="40"><${Choice} name="ord_type" rows=${ticket.ordTypes.value} all=${ORD_TYPES} /><//>
        <${Field} name="time_in_force" label="Time in force" tag="59"><${Choice} name="time_in_force" rows=${ticket.tifs.value} all=${TIFS} /><//>
        <${Needs} />
        <${Field} name="account" label="Account" tag="1"><${Text} name="account" disabled=${Boolean(order)} /><//>
      </div>
      <${Refused} />
      ${!order && html`<${Extras} />`}
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

// What the desk refused, in the ticket's words and width; what is refused of a further field stands by that.
function Refused() {
  const byThemselves = new Set(ticket.extras.value.map(ticket.apiField));
  const rest = ticket.refusals.value.filter((one) => !byThemselves.has(one.field.replace(/\[.*/, '')));
  return rest.length > 0 && html`<ul class="fault refused" data-testid="refused">${rest.map((one) => html`<li key=${one.field + one.message} id=${`ticket-${one.field}-refused`}>${refusalLine(one)}</li>`)}</ul>`;
}

// A double click is one order; whatever else is pressed is sent or asked about. A key that is held down is one press.
const press = (event) => pressSend({ twice: event.detail > 1 });
const once = (event) => event.repeat && event.preventDefault();

function Buttons({ order }) {
  const reason = noSend.value;
  const side = ticket.form.value.side;
  const name = ticket.sides.value.find((row) => row.code === side);
  const kind = isBuy(name?.name) ? 'buy' : isSell(name?.name) ? 'sell' : 'other';
  const held = Boolean(killSwitch.value) && !noCancel.value;
  return html`<div class="send">
    ${order ? html`<div class="send-row">
      <button type="button" class="primary" data-testid="replace" disabled=${Boolean(reason)} onClick=${press} onKeyDown=${once}>Replace</button>
      <button type="button" class="danger" data-testid="cancel" disabled=${Boolean(noCancel.value) || !canCancel(order)} onClick=${() => cancel(order)}>Cancel order</button>
    </div>` : html`<button type="button" class=${`primary send-${kind}`} data-testid="send" disabled=${Boolean(reason)} onClick=${press} onKeyDown=${once}>
      ${held ? html`<${Icon} name="pause" size=${12} /> Held back: ` : 'Send: '}${name?.label ?? side} ${ticket.form.value.order_qty} ${ticket.symbol.value}</button>`}
    <p class="hint" data-testid="send-hint">${reason ? html`<${Icon} name="warn" /> ${reason}` : onTheWay.value ? 'On its way…' : html`<span class="with-keys"><kbd>Ctrl</kbd>+<kbd>Enter</kbd> sends</span>`}</p>
  </div>`;
}
