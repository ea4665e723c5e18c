// Beside the book: its last trades as a line and as a list, and quotes that were asked for.
import { html, signal } from '../lib.js';
import { fractionDigits, showDecimal } from '../fix/decimal.js';
import { time } from '../fix/times.js';
import { bookOf, staleness, trackOf } from '../state/market.js';
import { zone } from '../state/prefs.js';
import { Line } from './market_chart.js';
import { Quotes } from './market_quotes.js';

const tab = signal('trades');
const TABS = [['trades', 'Trades'], ['quotes', 'Quotes']];

export const Prints = ({ entry }) => html`<div class="prints">
  <div class="tabs" role="tablist" aria-label="Beside the book">${TABS.map(([id, title]) => html`<button type="button" role="tab" key=${id} aria-selected=${tab.value === id} data-testid=${`prints-${id}`} onClick=${() => { tab.value = id; }}>${title}</button>`)}</div>
  ${tab.value === 'trades' ? html`<${Trades} entry=${entry} />` : html`<${Quotes} entry=${entry} />`}
</div>`;

function Trades({ entry }) {
  const book = bookOf(entry).value;
  const track = trackOf(entry);
  const digits = Math.max(2, ...(book?.trades ?? []).map(({ price }) => fractionDigits(price)));
  if (!book) return html`<p class="quiet prints-note">${staleness(entry, book)}</p>`;
  return html`${track.x.length > 1 ? html`<${Line} key=${`${entry.session_name}/${entry.symbol}`} track=${track} label=${`${track.what} of ${entry.symbol}, ${track.x.length} points`} />` : html`<p class="quiet prints-note">A line is drawn from the second price on.</p>`}
    ${book.trades.length ? html`<div class="trades"><table aria-label=${`Last trades of ${entry.symbol}`} data-testid="market-trades"><thead><tr><th scope="col">Time</th><th scope="col" class="num">Price</th><th scope="col" class="num">Size</th></tr></thead>
      <tbody>${book.trades.map((one, at) => html`<tr key=${book.trades.length - at}><td class="num quiet">${one.at ? time(one.at, zone.value).slice(0, 8) : ''}</td><td class="num">${showDecimal(one.price, digits)} <${Step} from=${book.trades[at + 1]} to=${one} /></td><td class="num">${showDecimal(one.size)}</td></tr>`)}</tbody></table></div>`
      : html`<p class="quiet prints-note">No trade was reported yet.</p>`}`;
}

// Up, down or as the one before.
function Step({ from, to }) {
  const move = from ? Math.sign(Number(to.price) - Number(from.price)) : 0;
  return html`<span class=${`step ${move > 0 ? 'tone-good' : move < 0 ? 'tone-bad' : 'quiet'}`} aria-hidden="true">${move > 0 ? '▲' : move < 0 ? '▼' : '='}</span>`;
}
