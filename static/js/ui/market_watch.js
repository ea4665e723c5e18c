// The watch list: one row for each symbol of a session, best bid and offer, last trade and how it has moved since yesterday's close.
import { html, useRef } from '../lib.js';
import { fractionDigits, minus, showDecimal } from '../fix/decimal.js';
import { time } from '../fix/times.js';
import { bookKey, bookOf, choose, chosen, moveEntry, severalSessions, staleness, unwatch, watched } from '../state/market.js';
import { phone } from '../state/places.js';
import { zone } from '../state/prefs.js';
import { fillTicket } from './market_fill.js';
import { Icon } from './bits.js';
import { Moving } from './market_cell.js';

export function WatchList() {
  const body = useRef(null);
  const focusRow = (at) => setTimeout(() => body.current?.children[at]?.focus(), 0);
  const onKeyDown = (event) => {
    if (event.target.tagName !== 'TR') return;
    const list = watched.value;
    const at = list.findIndex((one) => bookKey(one) === event.target.dataset.key);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && list[at + step]) {
      event.preventDefault();
      if (event.altKey) moveEntry(list[at], step);
      else choose(list[at + step]);
      focusRow(at + step);
    } else if (event.key === 'Delete') {
      unwatch(list[at]);
      focusRow(Math.min(at, list.length - 2));
    }
  };
  return html`<div class="watch" data-testid="watch-list"><table role="grid" aria-label="Watch list">
    <thead><tr><th scope="col">Symbol</th><th scope="col" class="num size">Bid size</th><th scope="col" class="num">Bid</th><th scope="col" class="num">Offer</th><th scope="col" class="num size">Offer size</th>
      <th scope="col" class="num last">Last</th><th scope="col" class="num change">Change</th><th scope="col" class="num far">Volume</th><th scope="col" class="num far">Time</th></tr></thead>
    <tbody ref=${body} onKeyDown=${onKeyDown}>${watched.value.map((entry) => html`<${Row} key=${bookKey(entry)} entry=${entry} />`)}</tbody>
  </table></div>`;
}

// Prices of one row stand on one point: as many digits as its prices have, two at least.
const digitsOf = (book) => Math.max(2, ...[book.bids[0]?.price, book.offers[0]?.price, book.last_px].filter(Boolean).map(fractionDigits));

function Row({ entry }) {
  const book = bookOf(entry).value;
  const why = staleness(entry, book);
  const isChosen = chosen.value && bookKey(chosen.value) === bookKey(entry);
  const digits = book ? digitsOf(book) : 2;
  const [bid, offer] = [book?.bids[0], book?.offers[0]];
  const press = (event, side, level) => {
    event.stopPropagation();
    choose(entry);
    fillTicket(entry, side, level.price);
  };
  // A finger that chooses a row must not hit a price: on a phone only the book's are for that.
  const price = (level, side, word) => (!level ? '–' : phone.value ? html`<${Moving} value=${level.price} digits=${digits} />` : html`<button type="button" class="price" tabindex=${isChosen ? 0 : -1} title=${`${word} ${entry.symbol} at ${level.price}`} disabled=${Boolean(why)}
    data-testid=${`watch-${side === '1' ? 'offer' : 'bid'}`} onClick=${(event) => press(event, side, level)}><${Moving} value=${level.price} digits=${digits} /></button>`);
  return html`<tr title=${entry.session_name} class=${`${isChosen ? 'chosen' : ''} ${why ? 'stale' : ''} ${why || book?.warning ? 'two-lines' : ''}`} tabindex=${isChosen ? 0 : -1} aria-selected=${Boolean(isChosen)} data-key=${bookKey(entry)}
    data-testid=${`watch-${entry.session_name}-${entry.symbol}`} data-stale=${Boolean(why)} onClick=${() => choose(entry)}>
    <th scope="row"><${Standing} why=${why} warning=${book?.warning} /> <b>${entry.symbol}</b>${severalSessions.value && html` <small class="row-session">${entry.session_name}</small>`}${(why || book?.warning) && html`<span class=${`row-why ${why ? '' : 'tone-wait'}`} title=${why ?? book.warning}>${why ? `Stale: ${why}` : book.warning}</span>`}</th>
    <td class="num size"><${Moving} value=${bid?.size} /></td><td class="num tone-buy">${price(bid, '2', 'Sell')}</td>
    <td class="num tone-sell">${price(offer, '1', 'Buy')}</td><td class="num size"><${Moving} value=${offer?.size} /></td>
    <td class="num strong last"><${Moving} value=${book?.last_px} digits=${digits} kept /></td><td class="num change"><${Change} book=${book} digits=${digits} /></td>
    <td class="num far">${showDecimal(book?.volume)}</td><td class="num far">${book?.updated_at ? time(book.updated_at, zone.value).slice(0, 8) : ''}</td>
  </tr>`;
}

// Beside the name of the symbol that is chosen, where they cover no number.
export function EntryTools({ entry }) {
  const at = watched.value.findIndex((one) => bookKey(one) === bookKey(entry));
  return html`<span class="entry-tools"><button type="button" class="icon-button" aria-label=${`Move ${entry.symbol} up in the list`} title="Up (Alt+Up in the list)" data-testid="watch-up" disabled=${at <= 0} onClick=${() => moveEntry(entry, -1)}><${Icon} name="up" size=${11} /></button>
    <button type="button" class="icon-button" aria-label=${`Move ${entry.symbol} down in the list`} title="Down (Alt+Down in the list)" disabled=${at >= watched.value.length - 1} onClick=${() => moveEntry(entry, 1)}><${Icon} name="down" size=${11} /></button>
    <button type="button" class="icon-button" aria-label=${`Watch ${entry.symbol} no more`} title="Watch no more (Delete in the list)" data-testid="watch-remove" onClick=${() => unwatch(entry)}><${Icon} name="cross" size=${11} /></button></span>`;
}

const Standing = ({ why, warning }) => (why ? html`<${Icon} name="pause" size=${11} />` : warning ? html`<span class="tone-wait"><${Icon} name="warn" size=${11} /></span>`
  : html`<span class="tone-good" title="Live"><${Icon} name="dot" size=${10} /><span class="sr">Live</span></span>`);

// Against yesterday's close, or the opening where the counterparty tells no close.
export function Change({ book, digits }) {
  const base = book?.close_px ?? book?.open_px;
  if (!base || !book.last_px) return null;
  const moved = minus(book.last_px, base);
  const up = !moved.startsWith('-');
  const flat = !/[1-9]/.test(moved);
  const percent = Number(base) ? ` ${Math.abs((Number(moved) / Number(base)) * 100).toFixed(2)}%` : '';
  return html`<span class=${flat ? 'quiet' : up ? 'tone-good' : 'tone-bad'} title=${`Since ${book.close_px ? 'the close' : 'the opening'} at ${base}`}>${flat ? '' : up ? '▲ +' : '▼ '}${showDecimal(moved, digits)}${percent}</span>`;
}
