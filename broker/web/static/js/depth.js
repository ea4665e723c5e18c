// What is wanted and offered of one stock: looked at every second while it is open.
import { html, useEffect, useState } from '/shared/js/lib.js';
import { showDecimal } from '/shared/js/fix/decimal.js';
import { get, part } from './api.js';
import { link } from './live.js';
import { price, whole } from './words.js';

const LEVELS = 8;
const EVERY_MS = 1000;

export function Depth({ symbol }) {
  const [book, setBook] = useState(null);
  const [fault, setFault] = useState(null);
  useEffect(() => {
    let gone = false;
    const look = () => link.peek().state === 'online' && get(`/api/stocks/${part(symbol)}/depth`, { levels: LEVELS }).then(
      (found) => gone || (setBook(found), setFault(null)),
      (problem) => gone || setFault(problem.message),
    );
    look();
    const timer = setInterval(look, EVERY_MS);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [symbol]);
  if (fault) return html`<p class="fault">${fault}</p>`;
  if (!book) return html`<p class="quiet">Loading…</p>`;
  const rows = Array.from({ length: Math.max(book.bids.length, book.offers.length) }, (_, at) => [book.bids[at], book.offers[at]]);
  return html`<table class="table depth" data-testid="depth" aria-label=${`Depth of ${symbol}`}><thead><tr><th class="right">Orders</th><th class="right">Wanted</th><th class="right">Bid</th><th>Offer</th><th class="right">Offered</th><th class="right">Orders</th></tr></thead>
    <tbody>${rows.map(([bid, offer], at) => html`<tr key=${at}><td class="num right quiet">${bid ? whole(bid.orders) : ''}</td><td class="num right">${showDecimal(bid?.quantity ?? '')}</td><td class="num right tone-buy">${price(bid?.price)}</td>
      <td class="num tone-sell">${price(offer?.price)}</td><td class="num right">${showDecimal(offer?.quantity ?? '')}</td><td class="num right quiet">${offer ? whole(offer.orders) : ''}</td></tr>`)}
      ${!rows.length && html`<tr><td colspan="6" class="quiet">Nothing rests in the book.</td></tr>`}</tbody></table>`;
}
