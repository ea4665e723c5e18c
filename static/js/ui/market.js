// The market region: what is watched, the book of the chosen symbol, its trades as a list and a line, and quotes.
import { html, signal } from '../lib.js';
import { defaultSession, watch, watched, chosen } from '../state/market.js';
import { sessions, symbols } from '../state/desk.js';
import { Icon } from './bits.js';
import { BottomTabs, PlaceMenu } from './bottom_tabs.js';
import { Depth } from './market_depth.js';
import { Prints } from './market_prints.js';
import { WatchList } from './market_watch.js';

const typed = signal('');
const pickedSession = signal(null);

export const Market = () => html`<section class="panel market" aria-label="Market" data-testid="market">
  <div class="bar"><${BottomTabs} of="market" /><${Add} /><span class="grow"></span><${PlaceMenu} /></div>
  ${watched.value.length ? html`<div class="market-body">
    <${WatchList} />
    ${chosen.value && html`<${Depth} key=${`${chosen.value.session_name}/${chosen.value.symbol}`} entry=${chosen.value} /><${Prints} entry=${chosen.value} />`}
  </div>` : html`<${Nothing} />`}
</section>`;

function Add() {
  const name = pickedSession.value ?? defaultSession.value;
  const add = (event) => {
    event.preventDefault();
    if (!typed.value.trim() || !name) return;
    watch(name, typed.value.trim());
    typed.value = '';
  };
  return html`<form class="market-add" onSubmit=${add}>
    <input type="text" aria-label="Symbols to watch" placeholder="AAPL, MSFT…" autocomplete="off" autocapitalize="characters" spellcheck=${false} list="symbols" data-testid="market-symbol" value=${typed.value} onInput=${(event) => { typed.value = event.target.value; }} />
    <select aria-label="Session of the market data" data-testid="market-session" value=${name} onChange=${(event) => { pickedSession.value = event.target.value; }}>
      ${sessions.value.map((one) => html`<option key=${one.name} value=${one.name} selected=${one.name === name}>${one.name}</option>`)}</select>
    <button type="submit" class="small" disabled=${!typed.value.trim() || !name} data-testid="market-add"><${Icon} name="plus" size=${12} /> Watch</button>
  </form>`;
}

function Nothing() {
  const name = defaultSession.value;
  const known = symbols.value.slice(0, 8);
  return html`<div class="empty market-empty"><p><b>Nothing is watched yet.</b> Type a symbol above: ${name ? `${name} is` : 'a session is'} asked for its prices with a MarketDataRequest, and they appear here live.</p>
    ${known.length > 0 && name && html`<p class="row-buttons">${known.map((symbol) => html`<button type="button" class="small" key=${symbol} onClick=${() => watch(name, symbol)}>${symbol}</button>`)}</p>`}</div>`;
}
