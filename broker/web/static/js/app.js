// The whole page: the bar on top, what must be known first, and one view at a time.
import { html, signal } from '/shared/js/lib.js';
import { clock } from '/shared/js/fix/times.js';
import { theme, toggleTheme, zone } from '/shared/js/state/prefs.js';
import { Icon } from '/shared/js/ui/bits.js';
import { Toasts } from '/shared/js/ui/toasts.js';
import { Behaviours } from './behaviours.js';
import { Clients } from './clients.js';
import { Faults } from './faults.js';
import { Executions } from './executions.js';
import { Forms } from './forms.js';
import { Health } from './health.js';
import { link, thinned } from './live.js';
import { Detail } from './detail.js';
import { Orders } from './orders.js';
import { clients, executions, faultsOn, health, loaded, openClients, orders, rates, stocks, tab } from './state.js';
import { Stocks } from './stocks.js';
import { whole } from './words.js';

const now = signal(new Date());
setInterval(() => {
  now.value = new Date();
}, 1000);

const counted = (store) => {
  store.version.value; // the count follows the rows
  return store.size;
};

const VIEWS = [
  { id: 'orders', title: 'Orders', view: Orders, count: () => counted(orders) },
  { id: 'executions', title: 'Executions', view: Executions, count: () => counted(executions) },
  { id: 'stocks', title: 'Stocks', view: Stocks, count: () => stocks.value.size },
  { id: 'clients', title: 'Clients', view: Clients, count: () => `${openClients.value.length}/${clients.value.length}` },
  { id: 'behaviours', title: 'Behaviours', view: Behaviours },
  { id: 'faults', title: 'Faults', view: Faults, count: () => faultsOn.value || null },
  { id: 'health', title: 'Health', view: Health },
];

export const App = () => html`<div class=${`broker ${['lost', 'late'].includes(link.value.state) ? 'is-lost' : ''}`}>
  <${TopBar} /><${Banners} /><${Tabs} />
  ${VIEWS.map(({ id, title, view }) => html`<main key=${id} id=${`view-${id}`} class="view panel" role="tabpanel" aria-label=${title} hidden=${chosen() !== id}>
    ${loaded.value && (chosen() === id || id === 'orders') && html`<${view} />`}${!loaded.value && html`<p class="starting">Loading…</p>`}</main>`)}
  <${Detail} /><${Forms} /><${Toasts} />
</div>`;

const chosen = () => (VIEWS.some(({ id }) => id === tab.value) ? tab.value : 'orders');

function Tabs() {
  const move = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = VIEWS.findIndex(({ id }) => id === chosen());
    const next = VIEWS[(at + step + VIEWS.length) % VIEWS.length].id;
    tab.value = next;
    event.currentTarget.querySelector(`[data-testid="tab-${next}"]`).focus();
  };
  return html`<nav class="tabs views" role="tablist" aria-label="Views" onKeyDown=${move}>
    ${VIEWS.map(({ id, title, count }) => html`<button type="button" role="tab" key=${id} data-testid=${`tab-${id}`} aria-controls=${`view-${id}`}
      aria-selected=${chosen() === id} tabindex=${chosen() === id ? 0 : -1} onClick=${() => { tab.value = id; }}>${title} ${(count?.() ?? null) !== null && html`<span class="num count">${count()}</span>`}</button>`)}
  </nav>`;
}

const LINKS = {
  connecting: { tone: 'wait', icon: 'half', text: 'Connecting' },
  online: { tone: 'good', icon: 'link', text: 'Live' },
  late: { tone: 'wait', icon: 'warn', text: 'Late' },
  lost: { tone: 'bad', icon: 'cross', text: 'Lost' },
};

function TopBar() {
  const shown = LINKS[link.value.state];
  return html`<header class="topbar">
    <h1 class="brand"><img src="/static/broker.svg" alt="" width="20" height="20" /><b>Simulated broker</b></h1>
    <span class="figure wide-only"><b class="num" data-testid="rate">${whole(rates.value.orders)}</b> <span class="quiet">orders/s</span></span>
    <span class="figure wide-only"><b class="num">${whole(rates.value.messages_in + rates.value.messages_out)}</b> <span class="quiet">messages/s</span></span>
    <span class="grow"></span>
    ${faultsOn.value > 0 && html`<button type="button" class="small tone-wait faults-on" data-testid="faults-on" aria-label=${`${faultsOn.value} faults on`} title="This broker does things wrong on purpose" onClick=${() => { tab.value = 'faults'; }}><${Icon} name="warn" size=${12} /> ${faultsOn.value}<span class="wide-only"> ${faultsOn.value === 1 ? 'fault' : 'faults'} on</span></button>`}
    <div class="clocks"><button type="button" class="chosen" title="Times in UTC or in your zone" data-testid="zone" onClick=${() => { zone.value = zone.value === 'UTC' ? 'local' : 'UTC'; }}>
      <span class="num">${clock(now.value, zone.value)}</span> <small>${zone.value}</small></button></div>
    <span class=${`desk-link tone-${shown.tone}`} data-testid="link" data-state=${link.value.state}><${Icon} name=${shown.icon} /> <b>${shown.text}</b></span>
    <button type="button" class="icon-button" aria-label=${`Switch to the ${theme.value === 'dark' ? 'light' : 'dark'} theme`} title="Theme"
      data-testid="theme-toggle" onClick=${toggleTheme}><${Icon} name=${theme.value === 'dark' ? 'sun' : 'moon'} size=${16} /></button>
  </header>`;
}

function alarms() {
  const { state, since } = link.value;
  const at = since ? ` since ${clock(since, zone.value)} ${zone.value}` : '';
  if (state === 'lost') return [['bad', `No connection to the broker${at}. What you see is out of date, and nothing can be done. Trying again by itself.`]];
  const found = [];
  if (state === 'late') found.push(['wait', `The broker has said nothing${at}. What you see may be out of date.`]);
  if (thinned.value) found.push(['wait', 'More happens than can be read: only the latest changes are shown. All rows come when it is quieter.']);
  for (const problem of health.value?.problems ?? []) found.push(['bad', problem]);
  return found;
}

const Banners = () => html`<div class="banners" role="alert" data-testid="banner">
  ${alarms().map(([tone, text]) => html`<div class=${`banner banner-${tone}`} key=${text}><${Icon} name="warn" size=${16} /> <span>${text}</span></div>`)}
</div>`;
