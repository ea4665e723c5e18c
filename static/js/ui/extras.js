// Further fields of the order, by FIX name or by tag number: the dictionary offers the values where it lists some, and the entries of a group.
import { html, useEffect } from '../lib.js';
import { isGroup } from '../fix/form.js';
import { OFTEN } from '../fix/order_needs.js';
import * as ticket from '../state/ticket.js';
import { Icon } from './bits.js';
import { Group } from './field_list.js';

const OWN_PLACE = new Set(['symbol', 'side', 'order_qty', 'ord_type', 'price', 'stop_px', 'time_in_force', 'account', 'cl_ord_id', 'transact_time']);

export function Extras() {
  const found = ticket.dictionary.value;
  const fields = (found?.fields ?? []).filter((field) => !OWN_PLACE.has(field.key));
  const present = new Set([...ticket.extras.value.map(ticket.apiField), ...ticket.needs.value.map(({ key }) => key)]);
  const often = OFTEN.map(({ label, keys }) => ({ label, spec: found?.byKey.get(keys.find((key) => found.byKey.has(key))) })).filter(({ spec }) => spec && !present.has(spec.key));
  return html`<div class="extras">
    <datalist id="extra-names">${fields.map((field) => html`<option key=${field.tag} value=${field.name}>${field.tag}</option>`)}</datalist>
    ${ticket.extras.value.map((extra) => html`<${Extra} key=${extra.id} extra=${extra} />`)}
    <div class="often"><button type="button" class="small" data-testid="add-field" onClick=${() => ticket.addExtra()}><${Icon} name="plus" size=${12} /> Field or tag</button>
      ${often.map(({ label, spec }) => html`<button type="button" class="small quick" key=${label} title=${`${spec.name}(${spec.tag})`} data-testid=${`often-${spec.key}`} onClick=${() => ticket.addExtra(spec.name)}>${label}</button>`)}</div>
  </div>`;
}

function Extra({ extra }) {
  const field = ticket.fieldOf(extra.name);
  const group = isGroup(field);
  const key = `extra.${extra.id}`;
  const refused = ticket.refusals.value.find((one) => one.field === ticket.apiField(extra));
  const fault = refused?.message ?? (ticket.touched.value.has(key) ? ticket.faults.value[key] : undefined);
  const touch = () => ticket.touch(key);
  if (group) return html`<${Entries} extra=${extra} group=${field} fault=${fault} />`;
  return html`<div class=${`extra ${fault ? 'bad' : ''}`}>
    <input aria-label="Field name or tag number" type="text" list="extra-names" data-testid="extra-name" autocomplete="off" placeholder="Name or tag" value=${extra.name}
      onInput=${(event) => ticket.setExtra(extra.id, { name: event.target.value, value: '' })} />
    <${Value} extra=${extra} field=${field} touch=${touch} />
    <button type="button" class="icon-button" aria-label="Leave this field out" onClick=${() => ticket.dropExtra(extra.id)}><${Icon} name="cross" size=${12} /></button>
    ${fault && html`<p class="fault" data-testid="fault-extra">${fault}</p>`}
  </div>`;
}

// Whoever has typed the name of a group goes on in its first entry.
function Entries({ extra, group, fault }) {
  useEffect(() => {
    document.getElementById(`ticket-${group.key}[0].${group.fields[0].key}`)?.focus();
  }, []);
  return html`<div class="extra-group">
    <${Group} field=${extra} spec=${group} path=${group.key} errors=${errorsOf(group.key)} prefix="ticket" told onField=${({ entries }) => ticket.setExtra(extra.id, { entries })} onDrop=${() => ticket.dropExtra(extra.id)} />
    ${fault && html`<p class="fault" data-testid="fault-extra">${fault}</p>`}
  </div>`;
}

const errorsOf = (key) => new Map(ticket.refusals.value.filter(({ field }) => field.startsWith(`${key}[`)).map(({ field, message }) => [field, message]));

const Value = ({ extra, field, touch }) => (field?.values.length && !field.type.startsWith('MULTIPLE')
  ? html`<select aria-label="Value" value=${extra.value} onChange=${(event) => ticket.setExtra(extra.id, { value: event.target.value })} onBlur=${touch}>
      <option value="">Value…</option>${field.values.map((one) => html`<option key=${one.value} value=${one.value} selected=${one.value === extra.value}>${one.value} ${one.name}</option>`)}</select>`
  : html`<input aria-label="Value" type="text" data-testid="extra-value" autocomplete="off" placeholder=${field?.type ?? 'Value'} value=${extra.value}
      onInput=${(event) => ticket.setExtra(extra.id, { value: event.target.value })} onBlur=${touch} />`);
