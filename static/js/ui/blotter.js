// Orders, executions and positions, each a grid, with what can be done to one row or to many.
import { computed, html, signal, useEffect } from '../lib.js';
import { isOpen } from '../fix/names.js';
import { askCancel, askCancelAll, cancel } from '../state/actions.js';
import { heldOnly, openOnly, search, wantedFilters } from '../state/blotter.js';
import { executions, loaded, loading, openCount, orders } from '../state/desk.js';
import { isFlat, positions } from '../state/positions.js';
import { blotterPath, openOrder } from '../state/route.js';
import { exportOf } from '../state/export.js';
import { closeOut, fillFrom } from '../state/ticket.js';
import { toast } from '../state/toasts.js';
import { blotterTab, phoneTab } from '../state/view.js';
import { Icon } from './bits.js';
import { executionColumns, forPhone, orderColumns, positionColumns } from './columns.js';
import { Columns } from './columns_menu.js';
import { NoExecutions, NoOrders, NoPositions } from './empty.js';
import { importOrders } from './import_orders.js';
import { Grid } from './grid.js';
import { charted, PositionsChart } from './positions_chart.js';
import { PositionsTotal } from './positions_total.js';
import { LinkButton } from './link_button.js';
import { chosenChanged, SELECT } from './select_column.js';
import { Statistics, StatisticsBar } from './statistics.js';

const OURS = ['actions', SELECT]; // columns that say nothing of the order
const phone = matchMedia('(max-width: 760px)').matches;
const columnsOf = (name, columns) => (phone ? forPhone(name, columns) : columns);
const gridName = (name) => (phone ? `${name}.phone` : name);

const GRIDS = {
  orders: { columns: columnsOf('orders', orderColumns()), seen: computed(() => blotterTab.value === 'orders') },
  executions: { columns: columnsOf('executions', executionColumns()), seen: computed(() => blotterTab.value === 'executions') },
  positions: { columns: columnsOf('positions', positionColumns()), seen: computed(() => blotterTab.value === 'positions') },
};

const apis = { orders: signal(null), executions: signal(null), positions: signal(null) };
const selected = signal([]);

function onTicket() {
  phoneTab.value = 'ticket';
  setTimeout(() => document.querySelector('#ticket-order_qty')?.select(), 0);
}

const context = {
  replace: (order) => {
    fillFrom(order);
    onTicket();
  },
  cancel,
  detail: (order) => openOrder(order.cl_ord_ids[0]),
};

const orderOptions = {
  context,
  rowSelection: phone ? undefined : { mode: 'multiRow', checkboxes: false, headerCheckbox: false, enableClickSelection: false },
  onSelectionChanged: ({ api }) => {
    selected.value = api.getSelectedRows();
    chosenChanged(api);
  },
  onRowDataUpdated: ({ api }) => {
    if (selected.value.length) selected.value = api.getSelectedRows();
  },
  onCellClicked: ({ column, data }) => {
    const id = column.getColId();
    if (phone) context.detail(data);
    else if (!OURS.includes(id)) fillFrom(data);
  },
  onCellKeyDown: ({ event, data }) => {
    if (event.key === 'Enter') fillFrom(data);
  },
  onRowDoubleClicked: ({ data }) => context.detail(data),
  isExternalFilterPresent: () => openOnly.peek(),
  doesExternalFilterPass: ({ data }) => isOpen(data),
  rowClassRules: { 'row-closed': ({ data }) => !isOpen(data) },
};

const executionOptions = {
  onRowDoubleClicked: ({ data }) => openOrder(data.cl_ord_id),
};

const positionOptions = {
  context: {
    closeOut: (position) => {
      closeOut(position);
      onTicket();
    },
  },
  isExternalFilterPresent: () => heldOnly.peek(),
  doesExternalFilterPass: ({ data }) => !isFlat(data),
  rowClassRules: { 'row-closed': ({ data }) => isFlat(data) },
};

const TABS = [['orders', 'Orders', orders], ['executions', 'Executions', executions], ['positions', 'Positions', positions]];

export function Blotter() {
  const tab = blotterTab.value;
  const api = apis[tab]?.value;
  const text = search.value;
  useEffect(() => {
    for (const one of Object.values(apis)) one.value?.setGridOption('quickFilterText', text);
  }, [text, apis.orders.value, apis.executions.value, apis.positions.value]);
  useEffect(() => {
    apis.orders.value?.onFilterChanged();
  }, [openOnly.value]);
  useEffect(() => {
    apis.positions.value?.onFilterChanged();
  }, [heldOnly.value]);
  useEffect(() => {
    if (api && wantedFilters.value[tab]) api.setFilterModel(wantedFilters.value[tab]);
  }, [api, tab, wantedFilters.value]);
  return html`<section class="panel blotter" aria-label="Blotter" data-testid="blotter">
    <div class="bar">
      <div class="tabs" role="tablist" aria-label="Blotter">
        ${TABS.map(([id, title, store]) => html`<${Tab} key=${id} id=${id} title=${title} store=${store} chosen=${id === tab} />`)}
        <button type="button" role="tab" aria-selected=${tab === 'statistics'} data-testid="tab-statistics" onClick=${() => { blotterTab.value = 'statistics'; }}>Statistics</button>
      </div>
      ${tab === 'statistics' ? html`<${StatisticsBar} />` : html`
      <input type="search" class="search" placeholder="Search" aria-label="Search the blotter" data-testid="blotter-search" value=${text}
        onInput=${(event) => { search.value = event.target.value; }} />
      ${tab === 'orders' && html`<${OpenOnly} />`}
      ${tab === 'positions' && html`<${HeldOnly} /><${Charted} />`}
      <span class="grow"></span>
      <${Loading} />
      ${tab === 'orders' && html`<${OrderButtons} />`}
      <${Columns} api=${api} name=${gridName(tab)} />
      <${LinkButton} path=${() => blotterPath(tab, api?.getFilterModel())} what="this view" testid="blotter-link" />
      <button type="button" class="small" title="The shown columns of the shown rows" data-testid="export" onClick=${() => exportCsv(api, tab)}>CSV</button>
      ${tab !== 'positions' && html`<button type="button" class="small" title="All that the desk has stored, as far as these filters can be said" data-testid="export-all" onClick=${() => exportAll(api, tab)}>All as CSV</button>`}`}
    </div>
    <div class="grid-box" hidden=${tab !== 'orders'} role="tabpanel">
      <${Grid} name=${gridName('orders')} label="Orders" testid="orders-grid" store=${orders} ...${GRIDS.orders} options=${orderOptions} onApi=${(made) => { apis.orders.value = made; }} />
      <${Empty} store=${orders} component=${NoOrders} />
    </div>
    <div class="grid-box" hidden=${tab !== 'executions'} role="tabpanel">
      <${Grid} name=${gridName('executions')} label="Executions" testid="executions-grid" store=${executions} ...${GRIDS.executions} options=${executionOptions} onApi=${(made) => { apis.executions.value = made; }} />
      <${Empty} store=${executions} component=${NoExecutions} />
    </div>
    ${tab === 'positions' && charted.value && html`<${PositionsChart} />`}
    <div class="grid-box" hidden=${tab !== 'positions'} role="tabpanel">
      <${Grid} name=${gridName('positions')} label="Positions" testid="positions-grid" store=${positions} ...${GRIDS.positions} options=${positionOptions} onApi=${(made) => { apis.positions.value = made; }} />
      <${Empty} store=${positions} component=${NoPositions} />
    </div>
    ${tab === 'positions' && html`<${PositionsTotal} api=${api} />`}
    ${tab === 'statistics' && html`<div class="statistics-box" role="tabpanel"><${Statistics} /></div>`}
  </section>`;
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

function Empty({ store, component }) {
  store.version.value;
  return loaded.value && !store.size && html`<div class="grid-empty"><${component} /></div>`;
}

function OrderButtons() {
  const many = selected.value.length;
  return html`${many > 0 && html`<button type="button" class="small danger" data-testid="cancel-selected" onClick=${() => askCancel(selected.value)}>Cancel selected (${many})…</button>`}
    <button type="button" class="small" data-testid="import-orders" onClick=${importOrders}>Import…</button>
    <button type="button" class="small danger" disabled=${!openNow()} data-testid="cancel-all" onClick=${askCancelAll}>Cancel all…</button>`;
}

export function cancelChosen() {
  if (selected.value.length) askCancel(selected.value);
  return selected.value.length > 0;
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
