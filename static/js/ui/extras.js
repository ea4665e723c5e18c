// Further fields of the order, by FIX name or by tag number; the dictionary offers the values where it lists some.
import { html } from '../lib.js';
import * as ticket from '../state/ticket.js';
import { Icon } from './bits.js';

const OWN_PLACE = new Set(['symbol', 'side', 'order_qty', 'ord_type', 'price', 'stop_px', 'time_in_force', 'account', 'cl_ord_id', 'transact_time']);

export function Extras() {
  const fields = (ticket.dictionary.value?.fields ?? []).filter((field) => !OWN_PLACE.has(field.key));
  return html`<div class="extras">
    <datalist id="extra-names">${fields.map((field) => html`<option key=${field.tag} value=${field.name}>${field.tag}</option>`)}</datalist>
    ${ticket.extras.value.map((extra) => html`<${Extra} key=${extra.id} extra=${extra} />`)}
    <button type="button" class="small" data-testid="add-field" onClick=${() => ticket.addExtra()}><${Icon} name="plus" size=${12} /> Field or tag</button>
  </div>`;
}

function Extra({ extra }) {
  const field = ticket.fieldOf(extra.name);
  const refused = ticket.refusals.value.find((one) => one.field === ticket.apiField(extra));
  const key = `extra.${extra.id}`;
  const fault = refused?.message ?? (ticket.touched.value.has(key) ? ticket.faults.value[key] : undefined);
  const touch = () => ticket.touch(key);
  const value = field?.values.length && !field.type.startsWith('MULTIPLE')
    ? html`<select aria-label="Value" value=${extra.value} onChange=${(event) => ticket.setExtra(extra.id, { value: event.target.value })} onBlur=${touch}>
        <option value="">Value…</option>${field.values.map((one) => html`<option key=${one.value} value=${one.value} selected=${one.value === extra.value}>${one.value} ${one.name}</option>`)}</select>`
    : html`<input aria-label="Value" type="text" data-testid="extra-value" autocomplete="off" placeholder=${field?.type ?? 'Value'} value=${extra.value}
        onInput=${(event) => ticket.setExtra(extra.id, { value: event.target.value })} onBlur=${touch} />`;
  return html`<div class=${`extra ${fault ? 'bad' : ''}`}>
    <input aria-label="Field name or tag number" type="text" list="extra-names" data-testid="extra-name" autocomplete="off" placeholder="Name or tag" value=${extra.name}
      onInput=${(event) => ticket.setExtra(extra.id, { name: event.target.value, value: '' })} />
    ${value}
    <button type="button" class="icon-button" aria-label="Leave this field out" onClick=${() => ticket.dropExtra(extra.id)}><${Icon} name="cross" size=${12} /></button>
    ${fault && html`<p class="fault" data-testid="fault-extra">${fault}</p>`}
  </div>`;
}
