// The keyboard. No single key trades: sending takes Ctrl+Enter, and what cancels asks first.
import { askCancelAll, askCancelOne } from '../state/actions.js';
import { focusedOrder } from '../state/blotter.js';
import { compose } from '../state/composer.js';
import { selectedSession, selectSession, sessions } from '../state/desk.js';
import { nextPlace, toggleMarket } from '../state/places.js';
import * as ticket from '../state/ticket.js';
import { dismissAll } from '../state/toasts.js';
import { blotterTab, decoded, drawerKey, helpOpen, nowhere, phoneTab, question, searching, showLog } from '../state/view.js';
import { cancelChosen, enterRows } from './blotter.js';
import { focus, pressSend } from './ticket_keys.js';

const NEXT_TAB = { orders: 'executions', executions: 'positions', positions: 'statistics' };

const onTicket = (act) => () => {
  phoneTab.value = 'ticket';
  act();
};

function nextSession(step) {
  const names = sessions.value.map((one) => one.name);
  const at = names.indexOf(selectedSession.value?.name);
  if (names.length) selectSession(names[(at + step + names.length) % names.length]);
}

// A field that filters is emptied and says so, before it loses the keyboard: browsers do the one and then not the other.
function emptySearch(field) {
  field.value = '';
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

// Esc takes back one thing at a time, the topmost first.
function escape() {
  if (nowhere.value) nowhere.value = null;
  else if (drawerKey.value) drawerKey.value = null;
  else if (decoded.value) decoded.value = null;
  else if (ticket.order.value) ticket.startNew();
  else dismissAll();
  document.activeElement?.blur?.();
}

export const KEYS = [
  { key: '/', shown: ['/'], does: 'Go to the symbol', act: onTicket(() => { if (ticket.order.value) ticket.startNew(); focus('#ticket-symbol'); }) },
  { key: 'o', shown: ['o'], does: 'An order in one line: b 100 AAPL 230.5 (Enter fills the ticket)', act: onTicket(() => { if (ticket.order.value) ticket.startNew(); focus('#ticket-command'); }) },
  { key: 'b', shown: ['b'], does: 'Buy', act: onTicket(() => ticket.order.value || ticket.set('side', '1')) },
  { key: 's', shown: ['s'], does: 'Sell', act: onTicket(() => ticket.order.value || ticket.set('side', '2')) },
  { key: 'q', shown: ['q'], does: 'Go to the quantity', act: onTicket(() => focus('#ticket-order_qty')) },
  { key: 'p', shown: ['p'], does: 'Go to the price', act: onTicket(() => focus('#ticket-price')) },
  { shown: ['Ctrl', 'Enter'], does: 'Send or replace what is on the ticket' },
  { key: 'n', shown: ['n'], does: 'New order: clear the ticket', act: onTicket(() => { ticket.startNew(); focus('#ticket-symbol'); }) },
  { key: 't', shown: ['t'], does: 'Templates of the ticket', act: onTicket(() => { if (ticket.order.value) ticket.startNew(); setTimeout(() => document.querySelector('[data-testid=ticket-templates]')?.click(), 0); }) },
  { key: 'w', shown: ['w'], does: 'Market or messages', act: toggleMarket },
  { key: 'W', shown: ['Shift', 'w'], does: 'Market behind the messages, beside them, beside the orders, beside both', act: nextPlace },
  { key: 'c', shown: ['c'], does: 'Compose any message', act: () => compose() },
  { key: 'x', shown: ['x'], does: 'Cancel the selected orders, the one whose row has the keyboard, the one on the ticket, or the last one (asks first)', act: () => cancelChosen() || askCancelOne(focusedOrder() ?? ticket.order.value) },
  { key: 'X', shown: ['Shift', 'x'], does: 'Cancel all open orders (asks first)', act: askCancelAll },
  { key: 'f', shown: ['f'], does: 'Search the blotter', act: () => { phoneTab.value = 'blotter'; focus('.blotter .search'); } },
  { key: 'g', shown: ['g'], does: 'Go to the rows of the blotter (or ↓ in its search)', act: enterRows },
  { shown: ['↑', '↓', 'Enter'], does: 'In the rows: walk, open the order; r replaces it, x cancels it (asks first), Space selects it' },
  { key: 'm', shown: ['m'], does: 'Search the messages', act: () => { showLog(); focus('.log .search'); } },
  { key: 'h', shown: ['h'], does: 'Search everything that is stored', act: () => { showLog(); searching.value = true; focus('.history-query'); } },
  { key: 'e', shown: ['e'], does: 'Orders, executions, positions, statistics', act: () => { blotterTab.value = NEXT_TAB[blotterTab.value] ?? 'orders'; } },
  { key: ']', shown: [']'], does: 'Next session', act: () => nextSession(1) },
  { key: '[', shown: ['['], does: 'Session before', act: () => nextSession(-1) },
  { shown: ['↑', '↓'], does: 'In the log, from message to message while one is open' },
  { shown: ['Esc'], does: 'Close, or back to a new order' },
  { key: '?', shown: ['?'], does: 'This list', act: () => { helpOpen.value = true; } },
];

const byKey = new Map(KEYS.filter((one) => one.key).map((one) => [one.key, one.act]));
const typing = (target) => target.closest?.('input:not([type=checkbox]), textarea, select, [contenteditable]');

export function listen() {
  addEventListener('keydown', (event) => {
    if (question.value || helpOpen.value) {
      // The dialog sees to it by itself once it is drawn; a fast hand may be before that.
      if (event.key === 'Escape') {
        question.value = null;
        helpOpen.value = false;
      }
      return;
    }
    // What stands in a dialog is its own business: no key there reaches the ticket below.
    if (event.defaultPrevented || document.querySelector('dialog[open]')) return;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (!event.repeat) pressSend({ byKey: true });
      return;
    }
    if (event.key === 'Escape') {
      if (event.target.matches?.('input[type=search]') && event.target.value) {
        event.preventDefault();
        emptySearch(event.target);
        event.target.blur();
        return;
      }
      escape();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) return;
    const act = byKey.get(event.key);
    if (!act) return;
    event.preventDefault();
    act();
  });
}
