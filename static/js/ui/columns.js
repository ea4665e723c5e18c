// The columns of the blotter's grids.
import { compareDecimals, fractionDigits, showDecimal } from '../fix/decimal.js';
import { isBuy, isOpen, isSell, ordTypeLabel, sideLabel, statusIcon, statusLabel, statusTone, tifLabel, words } from '../fix/names.js';
import { dayAndTime, time } from '../fix/times.js';
import { zone } from '../state/prefs.js';
import { canCancel } from '../state/actions.js';
import { iconElement } from './bits.js';

const MOST_DIGITS = 8;
const digitsSeen = new Map(); // column -> digits after the point of its longest value so far

function numeric(field, headerName, { least = 0, ...more } = {}) {
  return {
    field,
    headerName,
    type: 'rightAligned',
    cellClass: 'num',
    filter: 'agNumberColumnFilter',
    filterValueGetter: ({ data }) => (data[field] === null || data[field] === '' ? null : Number(data[field])),
    comparator: compareDecimals,
    valueFormatter: ({ value }) => {
      if (value === null || value === undefined || value === '') return '';
      const seen = Math.max(digitsSeen.get(field) ?? least, Math.min(MOST_DIGITS, fractionDigits(value)));
      digitsSeen.set(field, seen);
      return showDecimal(value, least, seen);
    },
    width: 92,
    ...more,
  };
}

function timed(field, headerName, more = {}) {
  return {
    field,
    headerValueGetter: () => `${headerName} (${zone.value === 'UTC' ? 'UTC' : 'local'})`,
    headerName,
    cellClass: 'num',
    valueFormatter: ({ value }) => time(value, zone.value),
    tooltipValueGetter: ({ value }) => dayAndTime(value, zone.value),
    enableCellChangeFlash: false,
    width: 118,
    ...more,
  };
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text) made.textContent = text;
  return made;
}

const sideColumn = {
  field: 'side', headerName: 'Side', width: 74, valueFormatter: ({ value }) => sideLabel(value), filterValueGetter: ({ data }) => sideLabel(data.side),
  cellClassRules: { 'tone-buy': ({ value }) => isBuy(value), 'tone-sell': ({ value }) => isSell(value) },
};

// "cancel sent", "replace sent: 200 at 231.00": what was asked for and is not answered yet
export function pendingText({ pending }) {
  if (!pending) return '';
  if (pending.type === 'cancel') return 'Cancel sent';
  const parts = [pending.order_qty, pending.price && `at ${pending.price}`, pending.stop_px && `stop ${pending.stop_px}`].filter(Boolean);
  return `Replace sent: ${parts.join(' ')}`;
}

function statusCell({ data }) {
  const cell = element('span', `status tone-${statusTone(data)}`);
  cell.append(iconElement(statusIcon(data)), ` ${statusLabel(data)}`);
  if (!data.pending) return cell;
  const both = element('span', 'status-both');
  both.append(cell, element('span', 'pending', pendingText(data)));
  return both;
}

function actionsCell({ data, context }) {
  const cell = element('span', 'row-actions');
  const button = (icon, label, act, enabled, testid) => {
    const made = element('button', 'icon-button');
    made.type = 'button';
    made.title = label;
    made.setAttribute('aria-label', `${label}: ${data.symbol} ${data.cl_ord_id}`);
    made.dataset.testid = testid;
    made.disabled = !enabled;
    made.append(iconElement(icon));
    made.addEventListener('click', (event) => {
      event.stopPropagation();
      act();
    });
    cell.append(made);
  };
  button('edit', 'Replace', () => context.replace(data), isOpen(data), 'row-replace');
  button('cross', 'Cancel', () => context.cancel(data), canCancel(data), 'row-cancel');
  button('detail', 'Details', () => context.detail(data), true, 'row-detail');
  return cell;
}

export const orderColumns = () => [
  timed('created_at', 'Time', { sort: 'desc', sortIndex: 0 }),
  { field: 'symbol', headerName: 'Symbol', width: 86, cellClass: 'strong' },
  sideColumn,
  numeric('order_qty', 'Quantity'),
  { field: 'ord_type', headerName: 'Type', width: 86, valueFormatter: ({ value }) => ordTypeLabel(value), filterValueGetter: ({ data }) => ordTypeLabel(data.ord_type) },
  numeric('price', 'Price', { least: 2 }),
  {
    colId: 'status', headerName: 'Status', width: 142, minWidth: 110, valueGetter: ({ data }) => `${statusLabel(data)}${data.pending ? `, ${pendingText(data)}` : ''}`, cellRenderer: statusCell,
    tooltipValueGetter: ({ data }) => [statusLabel(data), pendingText(data), data.text].filter(Boolean).join(' · '),
  },
  {
    colId: 'actions', headerName: '', width: 92, minWidth: 92, maxWidth: 92, sortable: false, filter: false, resizable: false, enableCellChangeFlash: false, cellRenderer: actionsCell, cellClass: 'actions-cell',
    valueGetter: ({ data }) => `${isOpen(data)}${canCancel(data)}`, suppressHeaderMenuButton: true,
  },
  numeric('cum_qty', 'Filled', { width: 84 }),
  numeric('leaves_qty', 'Leaves', { width: 84 }),
  numeric('avg_px', 'Avg price', { least: 2, width: 96 }),
  { field: 'time_in_force', headerName: 'TIF', width: 72, valueFormatter: ({ value }) => value ?? '', tooltipValueGetter: ({ value }) => tifLabel(value) },
  { field: 'text', headerName: 'Text', width: 180, tooltipField: 'text' },
  { field: 'session_name', headerName: 'Session', width: 112 },
  { field: 'cl_ord_id', headerName: 'ClOrdID', width: 170, cellClass: 'mono' },
  numeric('stop_px', 'Stop', { least: 2, hide: true }),
  { field: 'account', headerName: 'Account', width: 100, hide: true },
  { field: 'order_id', headerName: 'OrderID', width: 140, cellClass: 'mono', hide: true },
  { field: 'orig_cl_ord_id', headerName: 'OrigClOrdID', width: 170, cellClass: 'mono', hide: true },
  numeric('last_qty', 'Last qty', { hide: true }),
  numeric('last_px', 'Last price', { least: 2, hide: true }),
  timed('updated_at', 'Updated', { hide: true }),
];

export const executionColumns = () => [
  timed('received_at', 'Time', { sort: 'desc', sortIndex: 0 }),
  { field: 'symbol', headerName: 'Symbol', width: 86, cellClass: 'strong' },
  sideColumn,
  { field: 'exec_type', headerName: 'Exec type', width: 116, valueFormatter: ({ value }) => words(value) },
  numeric('last_qty', 'Quantity'),
  numeric('last_px', 'Price', { least: 2 }),
  { field: 'ord_status', headerName: 'Status', width: 116, valueFormatter: ({ value }) => words(value) },
  numeric('cum_qty', 'Filled', { width: 84 }),
  numeric('leaves_qty', 'Leaves', { width: 84 }),
  numeric('avg_px', 'Avg price', { least: 2, width: 96 }),
  { field: 'text', headerName: 'Text', width: 180, tooltipField: 'text' },
  { field: 'session_name', headerName: 'Session', width: 112 },
  { field: 'cl_ord_id', headerName: 'ClOrdID', width: 170, cellClass: 'mono' },
  { field: 'exec_id', headerName: 'ExecID', width: 150, cellClass: 'mono' },
  { field: 'order_id', headerName: 'OrderID', width: 140, cellClass: 'mono', hide: true },
  { field: 'exec_ref_id', headerName: 'ExecRefID', width: 140, cellClass: 'mono', hide: true },
  timed('transact_time', 'TransactTime', { hide: true, width: 150 }),
];
