// A field with listed values: the usual ones first, and found by what traders type for them.
import { html } from '../lib.js';
import { rowMeant } from '../fix/names.js';
import * as ticket from '../state/ticket.js';
import { common } from './ticket_field.js';

const ONE_WORD_MS = 1000; // letters that come within this belong together

let typed = { name: '', text: '', at: 0 };

// A list of the browser's goes on from what is chosen and takes the next one that begins like this: from Limit, m is Market on close.
function find(event, name, rows) {
  if (event.key.length !== 1 || event.key === ' ' || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const goesOn = typed.name === name && event.timeStamp - typed.at < ONE_WORD_MS;
  const more = goesOn ? typed.text + event.key : event.key;
  const row = rowMeant(rows, more) ?? rowMeant(rows, event.key);
  typed = { name, text: rowMeant(rows, more) ? more : event.key, at: event.timeStamp };
  if (row) ticket.set(name, row.code);
}

const option = (chosen) => (row) => html`<option key=${row.code} value=${row.code} selected=${row.code === chosen}>${row.label}</option>`;

// all: every row that is known, for what the dictionary does not list but an order has.
export function Choice({ name, rows, all, disabled }) {
  const code = ticket.form.value[name];
  const [usual, rare] = [rows.filter((row) => row.usual), rows.filter((row) => !row.usual)];
  const stranger = rows.some((row) => row.code === code) ? null : all.find((row) => row.code === code);
  return html`<select ...${common(name)} disabled=${disabled} value=${code} onChange=${(event) => ticket.set(name, event.target.value)} onKeyDown=${(event) => find(event, name, rows)}>
    ${usual.map(option(code))}
    ${rare.length > 0 && html`<optgroup label="Others">${rare.map(option(code))}</optgroup>`}
    ${!rows.some((row) => row.code === code) && html`<option value=${code} selected>${stranger ? `${stranger.label} (${code})` : code}</option>`}
  </select>`;
}
