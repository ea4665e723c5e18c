// What messages and market have at the head: the tabs of the place that they share, or each its name.
import { html } from '../lib.js';
import { compose } from '../state/composer.js';
import { marketPlace, placeMarket, PLACES, tabbed } from '../state/places.js';
import { bottomTab } from '../state/view.js';
import { Icon } from './bits.js';
import { Menu } from './menu.js';

const TABS = [['log', 'Messages'], ['market', 'Market']];

export const BottomTabs = ({ of }) => html`${tabbed.value ? html`<div class="tabs bottom-tabs" role="tablist" aria-label="Below the blotter">
  ${TABS.map(([id, title]) => html`<button type="button" role="tab" key=${id} aria-selected=${bottomTab.value === id} data-testid=${`bottom-${id}`} onClick=${() => { bottomTab.value = id; }}>${title}</button>`)}</div>`
    : html`<h2 class="wide-only">${TABS.find(([id]) => id === of)[1]}</h2>`}
  ${of === 'log' && html`<button type="button" class="small phone-only" onClick=${() => compose()}>Compose</button>`}`;

export const PlaceMenu = () => html`<span class="wide-only market-place"><${Menu} icon="beside" label="Where the market stands" title="Where the market stands (Shift+W: the next place)" testid="market-place">${(close) => PLACES.map(([id, words]) => html`
  <button type="button" class="menu-pick" key=${id} aria-pressed=${marketPlace.value === id} data-testid=${`place-${id}`} onClick=${() => { close(); placeMarket(id); }}><${Icon} name=${marketPlace.value === id ? 'check' : 'none'} size=${12} /> ${words}</button>`)}<//></span>`;
