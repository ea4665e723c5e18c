// The keyboard on the ticket: what sends, and where the focus goes.
import * as ticket from '../state/ticket.js';
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

const WRONG = '.ticket form :is([aria-invalid=true], .extra.bad input, .extra.bad select)';
const toFault = () => setTimeout(() => document.querySelector(WRONG)?.focus(), 0); // once it is drawn

// Who sends by key types the next order right away.
export function pressSend({ byKey = false, twice = false } = {}) {
  const went = submit({ twice, wrong: toFault });
  if (!went || !byKey || ticket.order.value) return;
  const input = document.querySelector('#ticket-symbol');
  if (input) input.value = ticket.form.value.symbol; // drawn later, it would lose the selection
  focus('#ticket-symbol');
}

// Enter goes to the next field and sends nothing: that takes Ctrl+Enter.
function next(event) {
  const fields = [...event.currentTarget.querySelectorAll(':is(input, select):not(:disabled)')];
  const after = fields[fields.indexOf(event.target) + 1];
  after?.focus();
  after?.select?.();
}

export function fieldKeys(event) {
  if (event.key !== 'Enter' || event.ctrlKey || event.metaKey || event.defaultPrevented || !event.target.matches('input, select')) return;
  event.preventDefault();
  next(event);
}
