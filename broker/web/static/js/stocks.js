// Stocks: what they last traded at, and setting that by hand.
import { html, signal } from '/shared/js/lib.js';
import { compareDecimals, showDecimal } from '/shared/js/fix/decimal.js';
import { time } from '/shared/js/fix/times.js';
import { zone } from '/shared/js/state/prefs.js';
import { Depth } from './depth.js';
import { enterHouseOrder, setPrice } from './deeds.js';
import { MarketBar, halt, isHalted } from './market.js';
import { stocks } from './state.js';
import { price } from './words.js';

const opened = signal(null); // the symbol whose depth is shown

// The change since the previous close, or what the day began with: exact to the digit, for it is decimal text on both sides.
function change(stock) {
  const before = stock.previous_close ?? stock.open;
  if (!before || !stock.last_price) return { text: '', tone: '' };
  const percent = (Number(stock.last_price) / Number(before) - 1) * 100;
  const direction = compareDecimals(stock.last_price, before);
  return { text: `${direction > 0 ? '+' : direction < 0 ? '−' : ''}${Math.abs(percent).toFixed(2)} %`, tone: direction > 0 ? 'tone-buy' : direction < 0 ? 'tone-sell' : '' };
}

function Row({ stock }) {
  const moved = change(stock);
  const open = opened.value === stock.symbol;
  return html`<tr data-testid="stock" data-symbol=${stock.symbol}><th scope="row"><button type="button" class="link" aria-expanded=${open} data-testid="stock-open" onClick=${() => { opened.value = open ? null : stock.symbol; }}>${stock.symbol}</button>${isHalted(stock.symbol) && html` <span class="tone-sell" data-testid="halted">halted</span>`}</th><td class="num right strong" data-testid="last">${price(stock.last_price)}</td>
    <td class=${`num right ${moved.tone}`}>${moved.text}</td><td class="num right">${price(stock.bid)}</td><td class="num right">${price(stock.ask)}</td>
    <td class="num right wide-only">${price(stock.open)}</td><td class="num right wide-only">${price(stock.high)}</td><td class="num right wide-only">${price(stock.low)}</td><td class="num right wide-only">${showDecimal(stock.volume ?? '')}</td>
    <td class="num wide-only quiet">${time(stock.updated_at, zone.value)}</td>
    <td class="right"><button type="button" class="small" data-testid="set-price" aria-label=${`Set the price of ${stock.symbol}`} onClick=${() => setPrice(stock)}>Price…</button>${' '}
      <button type="button" class="small wide-only" aria-label=${`House order in ${stock.symbol}`} onClick=${() => enterHouseOrder({ symbol: stock.symbol, price: stock.last_price })}>Order…</button>${' '}
      <button type="button" class="small wide-only" data-testid="halt" aria-label=${`${isHalted(stock.symbol) ? 'Resume' : 'Halt'} ${stock.symbol}`} onClick=${() => halt(stock.symbol)}>${isHalted(stock.symbol) ? 'Resume…' : 'Halt…'}</button></td></tr>
    ${open && html`<tr class="more"><td colspan="11"><${Depth} symbol=${stock.symbol} /></td></tr>`}`;
}

export const Stocks = () => html`<${MarketBar} /><div class="scroll"><table class="table wide"><thead><tr><th>Symbol</th><th class="right">Last</th><th class="right">Change</th><th class="right">Bid</th><th class="right">Offer</th>
  <th class="right wide-only">Open</th><th class="right wide-only">High</th><th class="right wide-only">Low</th><th class="right wide-only">Volume</th><th class="wide-only">Changed</th><th><span class="sr">Actions</span></th></tr></thead>
  <tbody>${[...stocks.value.values()].map((stock) => html`<${Row} key=${stock.symbol} stock=${stock} />`)}</tbody></table></div>`;
