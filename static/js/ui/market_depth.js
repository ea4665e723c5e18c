// The book of one symbol: bids and offers with their sizes as bars, and our own working orders at their prices.
import { html } from '../lib.js';
import { compareDecimals, fractionDigits, minus, plain, showDecimal } from '../fix/decimal.js';
import { time } from '../fix/times.js';
import { orderKey } from '../state/desk.js';
import { bookOf, severalSessions, staleness } from '../state/market.js';
import { zone } from '../state/prefs.js';
import { drawerKey } from '../state/view.js';
import { beyond, version, workingAt } from '../state/working.js';
import { Icon } from './bits.js';
import { Moving } from './market_cell.js';
import { fillTicket } from './market_fill.js';
import { Change, EntryTools } from './market_watch.js';

export function Depth({ entry }) {
  const book = bookOf(entry).value;
  const why = staleness(entry, book);
  version.value; // our own orders
  const digits = Math.max(2, ...[...(book?.bids ?? []), ...(book?.offers ?? [])].map(({ price }) => fractionDigits(price)));
  return html`<div class=${`depth ${why ? 'stale' : ''}`} data-testid="depth" data-stale=${Boolean(why)}>
    <div class="depth-head"><b>${entry.symbol}</b>${severalSessions.value && html` <span class="quiet">${entry.session_name}</span>`}<span class="grow"></span>
      ${book?.last_px && html`<span class="num strong"><${Moving} value=${book.last_px} digits=${digits} kept /></span> <${Change} book=${book} digits=${digits} />`}<${EntryTools} entry=${entry} /></div>
    <p class="depth-state" aria-live="polite">${why ? html`<span class="tone-wait"><${Icon} name="pause" size=${11} /> Stale: ${why}</span>` : book.warning ? html`<span class="tone-wait"><${Icon} name="warn" size=${11} /> ${book.warning}</span>`
      : html`<span class="quiet num">${spread(book, digits)}${book.updated_at ? ` · ${time(book.updated_at, zone.value)}` : ''}</span>`}</p>
    ${book && html`<div class="depth-sides"><${Half} entry=${entry} levels=${book.bids} buy digits=${digits} off=${Boolean(why)} /><${Half} entry=${entry} levels=${book.offers} buy=${false} digits=${digits} off=${Boolean(why)} /></div>
      <${Day} book=${book} digits=${digits} />`}
  </div>`;
}

function spread(book, digits) {
  const [bid, offer] = [book.bids[0], book.offers[0]];
  if (!bid && !offer) return 'No bids and no offers';
  return bid && offer ? `Spread ${showDecimal(minus(offer.price, bid.price), digits)}` : `No ${bid ? 'offers' : 'bids'}`;
}

const Day = ({ book, digits }) => html`<dl class="depth-day">${[['Open', book.open_px], ['High', book.high_px], ['Low', book.low_px], ['Close', book.close_px]].filter(([, value]) => value).map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd class="num">${showDecimal(value, digits)}</dd></div>`)}
  ${book.volume && html`<div><dt>Volume</dt><dd class="num">${showDecimal(book.volume)}</dd></div>`}</dl>`;

// Who presses a bid sells to it, who presses an offer buys it; with Shift one joins that side instead.
function Half({ entry, levels, buy, digits, off }) {
  const working = workingAt(entry, buy);
  const outside = beyond(working, levels, buy);
  const most = levels.reduce((top, { size }) => (compareDecimals(size, top) > 0 ? size : top), '0');
  const [name, act, side, other] = buy ? ['Bid', 'Sell', '2', '1'] : ['Offer', 'Buy', '1', '2'];
  return html`<table class=${`half ${buy ? 'half-bid' : 'half-offer'}`} aria-label=${`${name}s`} data-testid=${buy ? 'depth-bids' : 'depth-offers'}>
    <thead><tr>${ends([html`<th scope="col"><span class="sr">Our orders</span></th>`, html`<th scope="col" class="num">Size</th>`, html`<th scope="col" class="num">${name}</th>`], buy)}</tr></thead>
    <tbody>${levels.map(({ price, size, orders }) => html`<tr key=${plain(price)}>${ends([
      html`<td class="ours">${mark(working.get(plain(price)))}</td>`,
      html`<td class="num size" title=${orders === null ? undefined : `${orders} orders`}><span class="size-bar" style=${{ width: `${share(size, most)}%` }}></span><${Moving} value=${size} calm /></td>`,
      html`<td class="num"><button type="button" class=${`price ${buy ? 'tone-buy' : 'tone-sell'}`} disabled=${off} title=${`${act} ${entry.symbol} at ${price}; with Shift ${buy ? 'buy' : 'sell'}`} onClick=${(event) => fillTicket(entry, event.shiftKey ? other : side, price)}>${showDecimal(price, digits)}</button></td>`,
    ], buy)}</tr>`)}
    ${outside.map((price) => html`<tr key=${price} class="outside">${ends([html`<td class="ours">${mark(working.get(price))}</td>`, html`<td class="num quiet">–</td>`, html`<td class="num quiet">${showDecimal(price, digits)}</td>`], buy)}</tr>`)}
    </tbody></table>`;
}

// Bids stand mirrored, so that the best prices of both sides meet in the middle.
const ends = (cells, buy) => (buy ? cells : cells.toReversed());
const share = (size, most) => (Number(most) ? Math.round((Number(size) / Number(most)) * 100) : 0);

function mark(orders) {
  if (!orders) return null;
  const total = orders.map(({ leaves_qty: leaves, order_qty: qty }) => leaves ?? qty);
  return html`<button type="button" class="our-mark" data-testid="depth-ours" title=${`Ours: ${orders.map((order) => `${order.leaves_qty} ${order.cl_ord_id}`).join(', ')}`}  onClick=${() => { drawerKey.value = orderKey(orders.at(-1)); }}><span class="sr">Our orders: </span>◆ ${total.length === 1 ? showDecimal(total[0]) : `${total.length}×`}</button>`;
}
