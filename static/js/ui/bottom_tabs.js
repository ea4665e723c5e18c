// What stands below the blotter: the messages or the market.
import { html } from '../lib.js';
import { compose } from '../state/composer.js';
import { phone } from '../state/market.js';
import { bottomTab, phoneTab } from '../state/view.js';

const TABS = [['log', 'Messages'], ['market', 'Market']];

export const BottomTabs = ({ composing = false }) => html`<div class="tabs bottom-tabs" role="tablist" aria-label="Below the blotter">
  ${TABS.map(([id, title]) => html`<button type="button" role="tab" key=${id} aria-selected=${bottomTab.value === id} data-testid=${`bottom-${id}`} onClick=${() => { bottomTab.value = id; }}>${title}</button>`)}</div>
  ${composing && html`<button type="button" class="small phone-only" onClick=${() => compose()}>Compose</button>`}`;

export function toggleMarket() {
  const shown = phone.matches ? phoneTab : bottomTab;
  shown.value = shown.value === 'market' ? 'log' : 'market';
}
