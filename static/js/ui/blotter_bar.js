// Above the grids of the blotter: which one is shown, what it lets through, and what is done to many rows at once.
import { batch, html } from '../lib.js';
import { askCancel, askCancelAll } from '../state/actions.js';
import { heldOnly, openOnly, passing, search, selected } from '../state/blotter.js';
import { loading, openCount, orders } from '../state/desk.js';
import { exportOf } from '../state/export.js';
import { deskAway } from '../state/liveness.js';
import { phone } from '../state/places.js';
import { blotterPath } from '../state/route.js';
import { toast } from '../state/toasts.js';
import { blotterTab } from '../state/view.js';
import { Icon } from './bits.js';
import { Columns } from './columns_menu.js';
import { importOrders } from './import_orders.js';
import { LinkButton } from './link_button.js';
import { charted } from './positions_chart.js';
import { SELECT } from './select_column.js';
import { StatisticsBar } from './statistics.js';

export const OURS = ['actions', SELECT]; // columns that say nothing of the order

// onDown(): from the search field into the rows.
export const BlotterBar = ({ tab, api, stores, columnsName, onDown }) => html`<div class="bar">
  <div class="tabs" role="tablist" aria-label="Blotter">
    ${stores.map(([id, title, store]) => html`<${Tab} key=${id} id=${id} title=${title} store=${store} chosen=${id === tab} />`)}
    <button type="button" role="tab" aria-selected=${tab === 'statistics'} data-testid="tab-statistics" onClick=${() => { blotterTab.value = 'statistics'; }}>Statistics</button>
  </div>
  ${tab === 'statistics' ? html`<${StatisticsBar} />` : html`
  <input type="search" class="search" placeholder="Search" aria-label="Search the blotter" title="Arrow down goes to the rows" data-testid="blotter-search" value=${search.value}
    onInput=${(event) => { search.value = event.target.value; }} onKeyDown=${(event) => down(event, onDown)} />
  ${tab === 'orders' && html`<${OpenOnly} />`}
  ${tab === 'positions' && html`<${HeldOnly} /><${Charted} />`}
  <${Passing} tab=${tab} store=${stores.find(([id]) => id === tab)[2]} api=${api} />
  <span class="grow"></span>
  <${Loading} />
  ${tab === 'orders' && html`<${OrderButtons} />`}
  ${!(phone.value && tab !== 'positions') && html`<${Columns} api=${api} name=${columnsName} />`}
  <${LinkButton} path=${() => blotterPath(tab, api?.getFilterModel())} what="this view" testid="blotter-link" />
  <button type="button" class="small" title="The shown columns of the shown rows" data-testid="export" onClick=${() => exportCsv(api, tab)}>CSV</button>
  ${tab !== 'positions' && html`<button type="button" class="small" title="All that the desk has stored, as far as these filters can be said" data-testid="export-all" onClick=${() => exportAll(api, tab)}>All as CSV</button>`}`}
</div>`;

function down(event, act) {
  if (event.key !== 'ArrowDown') return;
  event.preventDefault();
  act();
}

// A filter that is set is seen, whatever set it.
function Passing({ tab, store, api }) {
  store.version.value;
  const count = passing[tab].value;
  return count !== null && html`<span class="filtered" role="status"><span class="num" data-testid="blotter-passing">${count} of ${store.size}</span>
    <button type="button" class="small" data-testid="blotter-clear" onClick=${() => clearFilters(tab, api)}>Clear</button></span>`;
}

export function clearFilters(tab, api) {
  batch(() => {
    search.value = '';
    if (tab === 'orders') openOnly.value = false;
    if (tab === 'positions') heldOnly.value = false;
  });
  api.setFilterModel(null);
}

// As often as the rows: it changes with every order that is sent and filled.
function openNow() {
  orders.version.value;
  return openCount.peek();
}

const OpenOnly = () => html`<button type="button" class="small toggle" aria-pressed=${openOnly.value} data-testid="open-only" onClick=${() => { openOnly.value = !openOnly.value; }}>
  ${openOnly.value && html`<${Icon} name="check" size=${12} />`} Open <span class="num">${openNow()}</span></button>`;

const Charted = () => html`<button type="button" class="small toggle" aria-pressed=${charted.value} data-testid="positions-charted" onClick=${() => { charted.value = !charted.value; }}>
  ${charted.value && html`<${Icon} name="check" size=${12} />`} Chart</button>`;

const HeldOnly = () => html`<button type="button" class="small toggle" aria-pressed=${heldOnly.value} data-testid="held-only" onClick=${() => { heldOnly.value = !heldOnly.value; }}>
  ${heldOnly.value && html`<${Icon} name="check" size=${12} />`} Not flat</button>`;

const Loading = () => loading.value && html`<span class="quiet" role="status">Loading…</span>`;

function Tab({ id, title, store, chosen }) {
  store.version.value; // the count follows the rows
  return html`<button type="button" role="tab" aria-selected=${chosen} data-testid=${`tab-${id}`} onClick=${() => { blotterTab.value = id; }}>
    ${title} <span class="num count">${store.size}</span></button>`;
}

function OrderButtons() {
  const many = selected.value.length;
  return html`${many > 0 && html`<button type="button" class="small danger" disabled=${Boolean(deskAway.value)} title=${deskAway.value} data-testid="cancel-selected" onClick=${() => askCancel(selected.value)}>Cancel selected (${many})…</button>`}
    <button type="button" class="small" disabled=${Boolean(deskAway.value)} title=${deskAway.value} data-testid="import-orders" onClick=${importOrders}>Import…</button>
    <button type="button" class="small danger" disabled=${!openNow() || Boolean(deskAway.value)} title=${deskAway.value} data-testid="cancel-all" onClick=${askCancelAll}>Cancel all…</button>`;
}

function exportCsv(api, name) {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '');
  api.exportDataAsCsv({
    fileName: `sendfix-${name}-${stamp}.csv`,
    columnKeys: api.getAllDisplayedColumns().map((column) => column.getColId()).filter((id) => !OURS.includes(id)),
    processCellCallback: ({ value }) => unarmed(value),
    suppressQuotes: false,
  });
}

function exportAll(api, name) {
  const { path, left } = exportOf(name, { filters: api.getFilterModel(), text: search.peek(), open: name === 'orders' && openOnly.peek() });
  const anchor = document.createElement('a');
  anchor.href = path;
  anchor.download = '';
  anchor.click();
  if (left.length) toast('info', 'Not all filters are in the file', `The desk can’t filter by what was chosen for ${left.join(', ')}: there are more lines than on screen.`);
}

// A Text(58) that begins like a formula must not become one in a spreadsheet; a negative number stays a number.
function unarmed(value) {
  const text = value === null || value === undefined ? '' : String(value);
  return /^[=+@\t\r]/.test(text) || (text.startsWith('-') && !/^-[\d.]+$/.test(text)) ? `'${text}` : text;
}
