// A press on a price: it stands on the ticket, and the quantity is next.
import { fromMarket } from '../state/ticket.js';
import { phoneTab } from '../state/view.js';

export function fillTicket(entry, side, price) {
  fromMarket(entry, side, price);
  phoneTab.value = 'ticket';
  setTimeout(() => document.querySelector('#ticket-order_qty')?.select(), 0);
}
