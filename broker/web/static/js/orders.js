// All orders, with what can be done to one that is open.
import { computed, html, signal, useEffect } from '/shared/js/lib.js';
import { isOpen, ordTypeLabel, statusIcon, statusLabel, statusTone, tifLabel } from '/shared/js/fix/names.js';
import { Icon, iconElement } from '/shared/js/ui/bits.js';
import { element, numeric, sideColumn, timed } from '/shared/js/ui/column_kinds.js';
import { Grid } from '/shared/js/ui/grid.js';
import { requestText } from './acts.js';
import { query } from './api.js';
import { amend, cancel, enterHouseOrder, fill, reject } from './deeds.js';
import { openOrder, orders, tab } from './state.js';

const phone = matchMedia('(max-width: 760px)').matches;
const ON_PHONE = ['symbol', 'side', 'quantity', 'limit_price', 'status', 'filled_quantity'];

const api = signal(null);
const openOnly = signal(false);
const search = signal('');
const seen = computed(() => tab.value === 'orders');

// Done for the day, an order that lasts is open and trades no more till it is resumed.
export const canFill = (order) => isOpen(order) && order.status !== 'DONE_FOR_DAY';
export const canReject = (order) => canFill(order) && !/[1-9]/.test(order.filled_quantity);

function statusCell({ data }) {
  const cell = element('span', `status tone-${statusTone(data)}`);
  cell.append(iconElement(statusIcon(data)), ` ${statusLabel(data)}`);
  if (!data.requests.length) return cell;
  const both = element('span', 'status-both');
  both.append(cell, element('span', 'pending', data.requests[0].type));
  return both;
}

function actionsCell({ data }) {
  const cell = element('span', 'row-actions');
  const button = (label, act, testid, className = '') => {
    const made = element('button', `small ${className}`, label);
    made.type = 'button';
    made.setAttribute('aria-label', `${label} ${data.order_id} ${data.symbol}`);
    made.dataset.testid = testid;
    made.addEventListener('click', (event) => {
      event.stopPropagation();
      act(data);
    });
    cell.append(made);
  };
  if (data.requests.length) {
    button('Answer', () => { openOrder.value = data.id; }, 'row-answer');
    button('Fill', fill, 'row-fill');
  } else if (isOpen(data)) {
    if (canFill(data)) button('Fill', fill, 'row-fill');
    button('Amend', amend, 'row-amend');
    button('Cancel', cancel, 'row-cancel', 'danger');
    if (canReject(data)) button('Reject', reject, 'row-reject', 'danger');
  }
  return cell;
}

const actionsColumn = {
  colId: 'actions', headerName: '', width: 236, minWidth: 236, maxWidth: 236, pinned: 'right', lockPinned: true, sortable: false, filter: false, resizable: false,
  enableCellChangeFlash: false, cellRenderer: actionsCell, cellClass: 'actions-cell', valueGetter: ({ data }) => `${isOpen(data)}${canFill(data)}${canReject(data)}${data.requests.length}`, suppressHeaderMenuButton: true,
};

const columns = [
  timed('created_at', 'Time', { sort: 'desc', sortIndex: 0, comparator: (a, b, one, other) => (a < b ? -1 : Number(a > b)) || one.data.id - other.data.id }),
  { field: 'order_id', headerName: 'OrderID', width: 84, cellClass: 'num', comparator: (a, b, one, other) => one.data.id - other.data.id },
  { field: 'sender_comp_id', headerName: 'Client', width: 116 },
  { field: 'symbol', headerName: 'Symbol', width: 74, cellClass: 'strong' },
  { ...sideColumn, width: 72 },
  {
    colId: 'status', headerName: 'Status', width: 136, minWidth: 104, valueGetter: ({ data }) => [statusLabel(data), ...data.requests.map(requestText)].join(', '), cellRenderer: statusCell,
    tooltipValueGetter: ({ data }) => [statusLabel(data), ...data.requests.map(requestText), data.text].filter(Boolean).join(' · '),
  },
  numeric('quantity', 'Quantity'),
  { field: 'order_type', headerName: 'Type', width: 84, valueFormatter: ({ value }) => ordTypeLabel(value), filterValueGetter: ({ data }) => ordTypeLabel(data.order_type) },
  numeric('limit_price', 'Price', { least: 2 }),
  numeric('stop_price', 'Stop', { least: 2 }),
  numeric('filled_quantity', 'Filled', { width: 74 }),
  numeric('remaining_quantity', 'Leaves', { width: 74 }),
  numeric('average_price', 'Avg price', { least: 2, most: 4, noZero: true, width: 90 }),
  { field: 'cl_ord_id', headerName: 'ClOrdID', width: 150, cellClass: 'mono', tooltipField: 'cl_ord_id' },
  { field: 'time_in_force', headerName: 'TIF', width: 60, tooltipValueGetter: ({ value }) => tifLabel(value) },
  { field: 'behaviour', headerName: 'Mode', width: 80 },
  { field: 'text', headerName: 'Text', width: 190, tooltipField: 'text' },
  { field: 'account', headerName: 'Account', width: 90 },
  { field: 'fix_version', headerName: 'Version', width: 86, hide: true },
  { field: 'target_comp_id', headerName: 'TargetCompID', width: 110, hide: true },
  timed('updated_at', 'Updated', { hide: true }),
];

const slim = () => columns.filter((column) => ON_PHONE.includes(column.colId ?? column.field))
  .map((column) => ({ ...column, minWidth: 46, width: { status: 104, side: 52, symbol: 64, quantity: 80 }[column.colId ?? column.field] ?? 72 }))
  .concat({ ...columns[0], hide: true });

const options = {
  onRowClicked: ({ data, event }) => {
    if (!event.target.closest('button')) openOrder.value = data.id;
  },
  onCellKeyDown: ({ event, data, column }) => {
    if (event.key === 'Enter' && column.getColId() !== 'actions') openOrder.value = data.id;
  },
  isExternalFilterPresent: () => openOnly.peek(),
  doesExternalFilterPass: ({ data }) => isOpen(data),
  rowClassRules: { 'row-closed': ({ data }) => !isOpen(data) },
};

export function Orders() {
  orders.version.value;
  const text = search.value;
  const grid = api.value;
  useEffect(() => grid?.setGridOption('quickFilterText', text), [text, grid]);
  useEffect(() => grid?.onFilterChanged(), [openOnly.value]);
  return html`<div class="bar">
      <input type="search" class="search" placeholder="Search" aria-label="Search the orders" data-testid="orders-search" value=${text} onInput=${(event) => { search.value = event.target.value; }} />
      <button type="button" class="small toggle" aria-pressed=${openOnly.value} data-testid="open-only" onClick=${() => { openOnly.value = !openOnly.value; }}>${openOnly.value && html`<${Icon} name="check" size=${12} />`} Open</button>
      <span class="grow"></span>
      <button type="button" class="small" data-testid="house-order" onClick=${() => enterHouseOrder()}>House order…</button>
      <a class="button small" data-testid="orders-csv" href=${`/api/orders.csv${query({ open: openOnly.value || null, text })}`} download>All as CSV</a>
    </div>
    <div class="grid-box"><${Grid} name=${phone ? 'broker.orders.phone' : 'broker.orders'} label="Orders" testid="orders-grid" store=${orders} seen=${seen} columns=${phone ? slim() : [...columns, actionsColumn]} options=${options} onApi=${(made) => { api.value = made; }} />
      ${!orders.size && html`<div class="grid-empty"><p class="empty"><b>No orders yet.</b> Point a FIX client at this broker, with any CompIDs, and what it sends appears here. Or enter a house order.</p></div>`}</div>`;
}
