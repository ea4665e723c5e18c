// What is wrong with the ticket, in words that name its fields as the ticket does.
import { specOf } from '../fix/form.js';
import { withLabels } from './limits.js';
import * as ticket from './ticket.js';

const LABELS = {
  symbol: 'Symbol', side: 'Side', order_qty: 'Quantity', ord_type: 'Type', time_in_force: 'Time in force', account: 'Account', price: 'Price', stop_px: 'Stop price',
  expires_day: 'Good till', expire_date: 'Good till', expire_time: 'Good till', session_name: 'Session',
};

// field: as in faults and refusals; "no_allocs[0].alloc_qty" is "NoAllocs 1: AllocQty".
export function fieldLabel(field) {
  const extra = field.startsWith('extra.') && ticket.extras.value.find(({ id }) => `extra.${id}` === field);
  if (extra) return ticket.fieldOf(extra.name)?.name ?? (extra.name.trim() || 'Further field');
  if (field.startsWith('custom_tags.')) return `Tag ${field.slice('custom_tags.'.length)}`;
  return LABELS[field] ?? ticket.needOf(field)?.label ?? pathLabel(field);
}

function pathLabel(path) {
  let specs = ticket.dictionary.value?.fields;
  return path.split('.').map((part) => {
    const [, key, at] = /^(.*?)(?:\[(\d+)\])?$/.exec(part);
    const spec = specOf(specs, key);
    specs = spec?.fields;
    return `${spec?.name ?? key}${at === undefined ? '' : ` ${Number(at) + 1}`}`;
  }).join(': ');
}

// "Symbol(55) 'X' is …" says by itself what it is about.
const said = (field, message) => (/^\w+\(\d+\)/.test(message) ? message : named(field, message));
const named = (field, message) => `${fieldLabel(field)}: ${message.charAt(0).toUpperCase()}${message.slice(1)}`;

export const faultLines = () => Object.entries(ticket.faults.value).map(([field, message]) => said(field, message));

// A refusal that names no field of the order is of the session or the desk, and says so by itself.
export const refusalLine = ({ field, message }) => (field === 'session_name' ? withLabels(message) : said(field, withLabels(message)));

// Each reason once: the desk's detail is its errors in one line.
export const refusalText = (problem) => (problem.errors?.length ? [...new Set(problem.errors.map(refusalLine))].join('\n') : withLabels(problem.text ?? String(problem)));
