// The fields that only some types, times in force and sides ask for.
import { html } from '../lib.js';
import * as ticket from '../state/ticket.js';
import { Field, isWrong, Text } from './ticket_field.js';

const LABELS = { price: ['Price', '44'], stop_px: ['Stop price', '99'] };

export const Needs = () => html`${ticket.needs.value.map((need) => html`<${Need} key=${need.key} need=${need} />`)}<${Expiry} />`;

function Need({ need }) {
  const { key, spec, label, only, hint, numeric, must } = need;
  if (LABELS[key]) {
    const [word, tag] = LABELS[key];
    return html`<${Field} name=${key} label=${must ? word : `${word}, if any`} tag=${tag}><${Text} name=${key} numeric placeholder="0.00" /><//>`;
  }
  const values = only ? spec.values.filter((one) => only.split(' ').includes(one.value)) : spec.values;
  const blank = must ? 'Choose…' : '–';
  return html`<${Field} name=${key} label=${label ?? spec.name} tag=${spec.tag} hint=${hint}>
    ${values.length ? html`<select id=${`ticket-${key}`} data-testid=${`ticket-${key}`} aria-invalid=${isWrong(key)} value=${ticket.form.value[key] ?? ''} onChange=${(event) => ticket.set(key, event.target.value)}>
        <option value="">${blank}</option>${values.map((one) => html`<option key=${one.value} value=${one.value} selected=${one.value === ticket.form.value[key]}>${one.value} ${words(one.name)}</option>`)}</select>`
      : spec.type === 'BOOLEAN' ? html`<select id=${`ticket-${key}`} data-testid=${`ticket-${key}`} value=${ticket.form.value[key] ?? ''} onChange=${(event) => ticket.set(key, event.target.value)}>
        ${[['', blank], ['Y', 'Yes'], ['N', 'No']].map(([code, word]) => html`<option key=${code} value=${code} selected=${code === (ticket.form.value[key] ?? '')}>${word}</option>`)}</select>`
      : html`<${Text} name=${key} numeric=${numeric} placeholder=${numeric ? '0.00' : ''} />`}<//>`;
}

const words = (name) => name.charAt(0) + name.slice(1).replaceAll('_', ' ').toLowerCase();

// A day alone is a day of the market's; with a time it is a moment, and that in UTC.
function Expiry() {
  if (ticket.form.value.time_in_force !== '6') return null;
  const input = (name, type, label) => html`<input id=${`ticket-${name}`} data-testid=${`ticket-${name}`} type=${type} step=${type === 'time' ? 1 : undefined} aria-label=${label}
    aria-invalid=${isWrong(name)} value=${ticket.form.value[name] ?? ''} onInput=${(event) => ticket.set(name, event.target.value)} />`;
  const sent = Object.entries(ticket.expiry.value)[0];
  return html`<${Field} name="expires_day" label="Good till" tag=${sent?.[0] === 'expire_time' ? '126' : '432'} wide
    hint=${sent?.[0] === 'expire_time' ? 'A moment in UTC.' : 'The whole day, by the market\'s calendar. With a time it is a moment in UTC.'}>
    <div class="expiry">${input('expires_day', 'date', 'Good till: day')}${input('expires_at', 'time', 'Good till: time in UTC, if any')}<span class="quiet">UTC</span></div><//>`;
}
