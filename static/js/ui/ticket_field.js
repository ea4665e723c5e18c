// One field of the ticket with its label, its tag and what is wrong with it.
import { html } from '../lib.js';
import * as ticket from '../state/ticket.js';

// What stands beside the field; what the desk refused has more words, and stands below them all.
export const faultOf = (name) => (refusalOf(name) ? undefined : ticket.touched.value.has(name) ? ticket.faults.value[name] : undefined);
const refusalOf = (name) => ticket.refusals.value.find((one) => one.field === name);
export const isWrong = (name) => Boolean(refusalOf(name) ?? faultOf(name));

export const Field = ({ name, label, tag, children, wide, hint }) => {
  const fault = faultOf(name);
  return html`<div class=${`field ${isWrong(name) ? 'bad' : ''} ${wide ? 'wide' : ''}`}>
    <label for=${`ticket-${name}`}>${label} <small>${tag}</small></label>
    ${children}
    ${hint && html`<p class="quiet field-hint">${hint}</p>`}
    ${fault && html`<p class="fault" id=${`ticket-${name}-fault`} data-testid=${`fault-${name}`}>${fault}</p>`}
  </div>`;
};

export const common = (name) => ({
  id: `ticket-${name}`,
  name,
  'data-testid': `ticket-${name}`,
  'aria-invalid': isWrong(name),
  'aria-describedby': refusalOf(name) ? `ticket-${name}-refused` : faultOf(name) ? `ticket-${name}-fault` : undefined,
  onBlur: () => (ticket.form.value[name] ?? '') !== '' && ticket.touch(name),
});

export const Text = ({ name, numeric = false, ...more }) => html`<input ...${common(name)} type="text" inputmode=${numeric ? 'decimal' : 'text'} class=${numeric ? 'num' : ''}
  autocomplete="off" spellcheck=${false} value=${ticket.form.value[name] ?? ''} onInput=${(event) => ticket.set(name, numeric ? event.target.value.trim() : event.target.value)} ...${more} />`;
