// One line with the market of the ticket's symbol and what we hold of it.
import { html } from '../lib.js';
import { fractionDigits, showDecimal } from '../fix/decimal.js';
import { held, quote, takePrice, watchIt } from '../state/ticket_quote.js';
import { Icon } from './bits.js';
import { focus } from './ticket_keys.js';

export function QuoteLine() {
  const now = quote.value;
  if (!now) return null;
  const { book, why, isWatched, entry } = now;
  const prices = [book?.bids[0]?.price, book?.offers[0]?.price, book?.last_px];
  const digits = Math.max(2, ...prices.filter(Boolean).map(fractionDigits));
  return html`<div class=${`quote-line ${why ? 'stale' : ''}`} data-testid="quote-line" data-stale=${Boolean(why)} title=${why ? `Stale: ${why}` : undefined}>
    ${isWatched ? html`<${Price} word="Bid" price=${prices[0]} digits=${digits} why=${why} tone="tone-buy" />
      <span><small>Last ${why && html`<${Icon} name="pause" size=${10} /><span class="sr">Stale: ${why}</span>`}</small><b class="num">${prices[2] ? showDecimal(prices[2], digits) : '–'}</b></span>
      <${Price} word="Offer" price=${prices[1]} digits=${digits} why=${why} tone="tone-sell" />`
    : html`<button type="button" class="small" data-testid="quote-watch" title=${`Ask ${entry.session_name} for the prices of ${entry.symbol}`} onClick=${watchIt}><${Icon} name="plus" size=${11} /> Watch ${entry.symbol}</button>`}
    <${Held} />
  </div>`;
}

const Price = ({ word, price, digits, why, tone }) => html`<span><small>${word}</small> ${price ? html`<button type="button" class=${`price num ${tone}`} disabled=${Boolean(why)} data-testid=${`quote-${word.toLowerCase()}`}
  title=${`Take ${price} as the price`} onClick=${() => { takePrice(price); setTimeout(() => focus('#ticket-price, #ticket-stop_px'), 0); }}>${showDecimal(price, digits)}</button>` : html`<b>–</b>`}</span>`;

function Held() {
  const { net_qty: qty, account } = held.value ?? { net_qty: '0', account: null };
  return html`<span class="quote-held" data-testid="quote-held" title=${account ? `Position of account ${account}` : 'Position of all accounts on this session'}><small>Pos</small> <b class="num">${/[1-9]/.test(qty) && !qty.startsWith('-') ? '+' : ''}${showDecimal(qty)}</b></span>`;
}
