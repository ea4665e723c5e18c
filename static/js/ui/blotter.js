// Orders, executions and positions, each a grid, with what can be done to one row or to many.
import { computed, effect, html, signal, useEffect } from '../lib.js';
import { isOpen } from '../fix/names.js';
import { askCancel, cancel, canReplace } from '../state/actions.js';
import { focusedKey, heldOnly, openOnly, passing, search, selected, wantedFilters } from '../state/blotter.js';
import { executions, loaded, orders } from '../state/desk.js';
import { deskAway, down } from '../state/liveness.js';
import { isFlat, positions } from '../state/positions.js';
import * as places from '../state/places.js';
import { openOrder } from '../state/route.js';
import { closeOut, fillFrom } from '../state/ticket.js';
import { Turn } from '../state/turns.js';
import { blotterTab, drawerKey, phoneTab } from '../state/view.js';
import { BlotterBar, clearFilters, OURS } from './blotter_bar.js';
import { executionColumns, orderColumns, positionColumns } from './columns.js';
import { NoExecutions, NoOrders, NoPositions } from './empty.js';
import { Grid } from './grid.js';
import { forPhone, phoneOptions } from './phone_columns.js';
import { charted, PositionsChart } from './positions_chart.js';
import { PositionsTotal } from './positions_total.js';
import { chosenChanged } from './select_column.js';
import { Statistics } from './statistics.js';

const phone = places.phone.peek(); // the grids are made once
const columnsOf = (name, columns) => (phone ? forPhone(name, columns) : columns);
const gridName = (name) => (phone ? `${name}.card` : name);

const GRIDS = {
  orders: { columns: columnsOf('orders', orderColumns()), seen: computed(() => blotterTab.value === 'orders') },
  executions: { columns: columnsOf('executions', executionColumns()), seen: computed(() => blotterTab.value === 'executions') },
  positions: { columns: columnsOf('positions', positionColumns()), seen: computed(() => blotterTab.value === 'positions') },
};

const apis = { orders: signal(null), executions: signal(null), positions: signal(null) };
const enters = {}; // by tab: puts the keyboard on its rows

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
  ...(phone && phoneOptions('orders')),
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
  onRowDoubleClicked: ({ data }) => context.detail(data),
  isExternalFilterPresent: () => openOnly.peek(),
  doesExternalFilterPass: ({ data }) => isOpen(data),
  rowClassRules: { 'row-closed': ({ data }) => !isOpen(data) },
};

let cameFrom = null; // the tab from whose rows a detail was opened by a key: there the keyboard goes back to

function openByKey(tab, clOrdId) {
  cameFrom = tab;
  openOrder(clOrdId);
}

effect(() => {
  if (drawerKey.value || !cameFrom) return;
  setTimeout(enters[cameFrom], 0);
  cameFrom = null;
});

const DOUBT_PX = 200;

function widen(api) {
  if (api?.getColumn('status')?.getActualWidth() < DOUBT_PX) api.setColumnWidths([{ key: 'status', newWidth: DOUBT_PX }]);
}

// What stands in the rows is known to be old, or no more: the rows in sight are drawn again.
effect(() => {
  down.value;
  deskAway.value;
  apis.orders.peek()?.refreshCells({ columns: phone ? ['card'] : ['status', 'actions'], force: true, suppressFlash: true });
  if (down.value.size && !phone) widen(apis.orders.peek());
});

const byKeys = {
  Enter: (key) => openByKey('orders', orders.get(key).cl_ord_ids[0]),
  r: (key) => canReplace(orders.get(key)) && context.replace(orders.get(key)),
};

const executionOptions = {
  ...(phone && phoneOptions('executions')),
  onCellClicked: ({ data }) => phone && openOrder(data.cl_ord_id),
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

const executionKeys = { Enter: (key) => openByKey('executions', executions.get(key).cl_ord_id) };

const TABS = [['orders', 'Orders', orders], ['executions', 'Executions', executions], ['positions', 'Positions', positions]];

const take = (tab) => (made, enter) => {
  apis[tab].value = made;
  enters[tab] = enter;
};

const standOn = (key) => {
  focusedKey.value = key;
};

export function enterRows() {
  phoneTab.value = 'blotter';
  enters[blotterTab.value]?.();
}

// The table in sight, when it has its turn: a letter is on the screen before ten thousand rows are looked through for it.
const filtering = new Turn(() => apis[blotterTab.peek()]?.peek()?.setGridOption('quickFilterText', search.peek()), 0);

export function Blotter() {
  const tab = blotterTab.value;
  const api = apis[tab]?.value;
  const text = search.value;
  useEffect(() => filtering.ask(), [text, tab, api]);
  useEffect(() => {
    apis.orders.value?.onFilterChanged();
  }, [openOnly.value]);
  useEffect(() => {
    apis.positions.value?.onFilterChanged();
  }, [heldOnly.value]);
  useEffect(() => {
    if (!api || !wantedFilters.value[tab]) return;
    api.setFilterModel(wantedFilters.value[tab]);
    wantedFilters.value = { ...wantedFilters.value, [tab]: null };
  }, [api, tab, wantedFilters.value]);
  return html`<section class="panel blotter" aria-label="Blotter" data-testid="blotter">
    <${BlotterBar} tab=${tab} api=${api} stores=${TABS} columnsName=${gridName(tab)} onDown=${enterRows} />
    <div class="grid-box" hidden=${tab !== 'orders'} role="tabpanel">
      <${Grid} name=${gridName('orders')} label="Orders" testid="orders-grid" store=${orders} ...${GRIDS.orders} options=${orderOptions} passing=${passing.orders} onRow=${standOn} acts=${byKeys} onApi=${take('orders')} />
      <${Empty} tab="orders" store=${orders} component=${NoOrders} />
    </div>
    <div class="grid-box" hidden=${tab !== 'executions'} role="tabpanel">
      <${Grid} name=${gridName('executions')} label="Executions" testid="executions-grid" store=${executions} ...${GRIDS.executions} options=${executionOptions} passing=${passing.executions} acts=${executionKeys} onApi=${take('executions')} />
      <${Empty} tab="executions" store=${executions} component=${NoExecutions} />
    </div>
    ${tab === 'positions' && charted.value && html`<${PositionsChart} />`}
    <div class="grid-box" hidden=${tab !== 'positions'} role="tabpanel">
      <${Grid} name=${gridName('positions')} label="Positions" testid="positions-grid" store=${positions} ...${GRIDS.positions} options=${positionOptions} passing=${passing.positions} onApi=${take('positions')} />
      <${Empty} tab="positions" store=${positions} component=${NoPositions} />
    </div>
    ${tab === 'positions' && html`<${PositionsTotal} api=${api} />`}
    ${tab === 'statistics' && html`<div class="statistics-box" role="tabpanel"><${Statistics} /></div>`}
  </section>`;
}

const ONE = { orders: 'order', executions: 'execution', positions: 'position' };

function Empty({ tab, store, component }) {
  store.version.value;
  if (!loaded.value || blotterTab.value !== tab) return null;
  if (!store.size) return html`<div class="grid-empty"><${component} /></div>`;
  return passing[tab].value === 0 && html`<div class="grid-empty" data-testid="nothing-passes"><div class="empty"><p><b>No ${ONE[tab]} passes the filter.</b> There are ${store.size}.</p>
    <button type="button" class="primary" onClick=${() => clearFilters(tab, apis[tab].value)}>Clear the filter</button></div></div>`;
}

export function cancelChosen() {
  if (selected.value.length) askCancel(selected.value);
  return selected.value.length > 0;
}
