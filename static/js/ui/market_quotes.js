// Quotes of the chosen symbol: ask for one, and what the counterparty says; a press on a price fills the ticket.
import { html, signal, useState } from '../lib.js';
import { showDecimal } from '../fix/decimal.js';
import { time } from '../fix/times.js';
import { deskTime } from '../net/clock.js';
import { asked, quotes, requestQuote } from '../state/quotes.js';
import { zone } from '../state/prefs.js';
import { Icon } from './bits.js';
import { fillTicket } from './market_fill.js';

const side = signal('');
const quantity = signal('');

export function Quotes({ entry }) {
  const [fault, setFault] = useState(null);
  const [busy, setBusy] = useState(false);
  const ask = async (event) => {
    event.preventDefault();
    setBusy(true);
    setFault(null);
    await requestQuote({ session_name: entry.session_name, symbol: entry.symbol, ...(side.value && { side: side.value }), ...(quantity.value && { order_qty: quantity.value }) }).catch((problem) => setFault(problem.text));
    setBusy(false);
  };
  const mine = (one) => one.session_name === entry.session_name && one.symbol === entry.symbol;
  const waiting = asked.value.filter(mine);
  const found = quotes.value.filter(mine);
  return html`<form class="quote-form" onSubmit=${ask}>
      <select aria-label="Side of the quote" data-testid="quote-side" value=${side.value} onChange=${(event) => { side.value = event.target.value; }}>${[['', 'Both sides'], ['1', 'Buy'], ['2', 'Sell']].map(([code, word]) => html`<option key=${code} value=${code} selected=${code === side.value}>${word}</option>`)}</select>
      <input type="text" inputmode="decimal" class="num" aria-label="Quantity of the quote" placeholder="Quantity" autocomplete="off" data-testid="quote-qty" value=${quantity.value} onInput=${(event) => { quantity.value = event.target.value.trim(); }} />
      <button type="submit" class="small" disabled=${busy} data-testid="quote-ask">Ask</button></form>
    ${fault && html`<p class="fault" role="alert">${fault}</p>`}
    <ul class="quotes" aria-live="polite">
      ${waiting.map((one) => html`<li key=${one.quote_req_id} class="quiet"><span class="num">${time(one.at, zone.value).slice(0, 8)}</span> <${Icon} name="half" size=${11} /> asked, no answer yet</li>`)}
      ${found.map((one) => html`<${Quote} key=${one.id} quote=${one} entry=${entry} />`)}
      ${!waiting.length && !found.length && html`<li class="quiet">Ask for a quote of ${entry.symbol}: the answer appears here.</li>`}
    </ul>`;
}

function Quote({ quote, entry }) {
  const over = quote.valid_until_time && new Date(quote.valid_until_time).getTime() < deskTime.value;
  const price = (px, size, code, word) => (px ? html`<button type="button" class=${`price ${code === '2' ? 'tone-buy' : 'tone-sell'}`} disabled=${over} title=${`${word} at ${px}`} onClick=${() => fillTicket(entry, code, px)}>${showDecimal(px, 2)}</button> <small>${showDecimal(size)}</small>` : '–');
  return html`<li data-testid="quote" class=${over ? 'stale' : ''}><span class="num quiet">${time(quote.at, zone.value).slice(0, 8)}</span>
    ${quote.refused ? html`<span class="tone-bad"><${Icon} name="warn" size=${11} /> Refused${quote.text ? `: ${quote.text}` : ''}</span>`
      : html`<span class="num">${price(quote.bid_px, quote.bid_size, '2', 'Sell')} / ${price(quote.offer_px, quote.offer_size, '1', 'Buy')}</span> ${over ? html`<span class="quiet">over</span>` : quote.valid_until_time ? html`<span class="quiet num">till ${time(quote.valid_until_time, zone.value).slice(0, 8)}</span>` : ''}`}</li>`;
}
