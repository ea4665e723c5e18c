// The keyboard on the ticket: what sends, and where the focus goes.
import * as ticket from '../state/ticket.js';
import { line, take } from '../state/ticket_command.js';
import { stepPrice } from '../state/ticket_quote.js';
import { submit } from '../state/ticket_send.js';

// At once where it can be, for the next key may already be on its way; else when the page has been drawn again.
export const focus = (selector) => {
  const now = () => {
    const element = document.querySelector(selector);
    element?.focus();
    element?.select?.();
    return element !== null && document.activeElement === element;
  };
  if (!now()) setTimeout(now, 0);
};

const LINE = '#ticket-command';
const WRONG = '.ticket form :is([aria-invalid=true], .extra.bad input, .extra.bad select)';
const toFault = () => setTimeout(() => { // once it is drawn
  document.querySelector(WRONG)?.focus();
  document.querySelector('.ticket .refused')?.scrollIntoView({ block: 'nearest' });
}, 0);

// Who sends by key types the next order right away.
export function pressSend({ byKey = false, twice = false } = {}) {
  const went = submit({ twice, wrong: toFault });
  if (!went || !byKey || ticket.order.value) return;
  if (document.activeElement?.matches(LINE)) return; // the next line is typed there
  const input = document.querySelector('#ticket-symbol');
  if (input) input.value = ticket.form.value.symbol; // drawn later, it would lose the selection
  focus('#ticket-symbol');
}

// A line is taken first and looked at: no key both takes it and sends it.
export function takeLine(sends) {
  if (take()) {
    const missing = Object.keys(ticket.faults.value);
    missing.forEach(ticket.touch);
    if (missing.length) toFault();
  } else if (sends && !line.value.trim()) pressSend({ byKey: true });
}

// Enter goes to the next field and sends nothing: that takes Ctrl+Enter.
function next(event) {
  const fields = [...event.currentTarget.querySelectorAll(':is(input, select):not(:disabled)')];
  const after = fields[fields.indexOf(event.target) + 1];
  after?.focus();
  after?.select?.();
}

const STEPS = { ArrowUp: true, ArrowDown: false };

export function fieldKeys(event) {
  if (event.key in STEPS && ['price', 'stop_px'].includes(event.target.name) && !event.ctrlKey && !event.altKey && !event.metaKey) {
    event.preventDefault();
    stepPrice(event.target.name, STEPS[event.key], event.shiftKey);
    return;
  }
  if (event.key !== 'Enter' || event.ctrlKey || event.metaKey || event.defaultPrevented || !event.target.matches('input, select')) return;
  event.preventDefault();
  next(event);
}
