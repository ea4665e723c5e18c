// The columns of the blotter's grids.
import { ordStatusLabel, ordTypeLabel, statusIcon, statusLabel, statusTone, tifLabel, words } from '../fix/names.js';
import { canCancel, canReplace } from '../state/actions.js';
import { dayAndTime } from '../fix/times.js';
import { isFlat } from '../state/positions.js';
import { asOf, deskAway, doubtText, isDoubtful } from '../state/liveness.js';
import { zone } from '../state/prefs.js';
import { iconElement } from './bits.js';
import { element, narrow, numeric, profit, sideColumn, timed } from './column_kinds.js';
import { SELECT, selectColumn } from './select_column.js';

// "cancel sent", "replace sent: 200 at 231.00": what was asked for and is not answered yet
export function pendingText({ pending }) {
  if (!pending) return '';
  if (pending.type === 'cancel') return 'Cancel sent';
  const parts = [pending.order_qty, pending.price && `at ${pending.price}`, pending.stop_px && `stop ${pending.stop_px}`].filter(Boolean);
  return `Replace sent: ${parts.join(' ')}`;
}

// What the counterparty's reports on an order contradict themselves in
export const warningText = ({ warnings }) => (warnings ?? []).map(({ text }) => text).join(' ');

function doubt(order) {
  const mark = element('span', 'as-of');
  mark.dataset.testid = 'row-as-of';
  mark.append(iconElement('pause'), ` ${asOf(order)}`);
  return mark;
}

function statusCell({ data }) {
  const cell = element('span', `status tone-${statusTone(data)}`);
  cell.append(iconElement(statusIcon(data)), ` ${statusLabel(data)}`);
  if (data.warnings?.length) {
    const mark = element('span', 'order-warning');
    mark.setAttribute('role', 'img');
    mark.setAttribute('aria-label', warningText(data));
    mark.dataset.testid = 'row-warning';
    mark.append(iconElement('warn'));
    cell.append(' ', mark);
  }
  const doubtful = isDoubtful(data);
  if (!data.pending && !doubtful) return cell;
  const both = element('span', 'status-both');
  both.append(cell);
  if (data.pending) both.append(element('span', 'pending', pendingText(data)));
  if (doubtful) both.append(doubt(data));
  return both;
}

const ACTIONS = [['replace', 'Replace', 'edit'], ['cancel', 'Cancel', 'cross'], ['detail', 'Details', 'detail']];

let buttons = null; // one for all rows to copy

function drawButtons() {
  buttons = element('span', 'row-actions');
  for (const [act, label, icon] of ACTIONS) {
    const made = element('button', 'icon-button');
    Object.assign(made, { type: 'button', title: label, name: act });
    made.dataset.testid = `row-${act}`;
    made.append(iconElement(icon));
    buttons.append(made);
  }
  return buttons;
}

function actionsCell({ data, node, context }) {
  const cell = (buttons ?? drawButtons()).cloneNode(true);
  const may = [!deskAway.peek() && canReplace(data), !deskAway.peek() && canCancel(data), true];
  ACTIONS.forEach(([, label], at) => {
    cell.children[at].setAttribute('aria-label', `${label}: ${data.symbol} ${data.cl_ord_id}`);
    cell.children[at].disabled = !may[at];
  });
  cell.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (!button) return;
    event.stopPropagation();
    context[button.name](node.data); // as it is by now
  });
  return cell;
}

// The price of the order; of one that has a stop price only, that, marked; of one that has none, that it is at market.
function pricedAt() {
  const column = numeric('price', 'Price', { least: 2, standIn: 'stop_px' });
  const number = column.valueFormatter;
  return {
    ...column,
    valueGetter: ({ data }) => data.price || data.stop_px || null,
    valueFormatter: (params) => {
      if (!params.value) return params.data.ord_type === 'MARKET' ? 'Market' : '';
      return `${params.data.price ? '' : 'stop '}${number(params)}`;
    },
    filterValueGetter: ({ data }) => (data.price || data.stop_px ? Number(data.price || data.stop_px) : null),
  };
}

const statusWords = (order) => `${statusLabel(order)} \u2003${order.pending ? `  ${pendingText(order)}` : ''}${order.warnings?.length ? '  ⚠' : ''}`;

const isRefused = ({ status, text, cum_qty: filled }) => status === 'REJECTED' && Boolean(text) && !/[1-9]/.test(filled ?? '');

// A rejected order has neither filled nor left nor a price: there its reason stands.
function filledOrWhyNot() {
  const column = numeric('cum_qty', 'Filled');
  return {
    ...column,
    colSpan: ({ data }) => (data && isRefused(data) ? 4 : 1),
    valueGetter: ({ data }) => (isRefused(data) ? data.text : data.cum_qty),
    valueFormatter: (params) => (isRefused(params.data) ? params.data.text : column.valueFormatter(params)),
    cellClassRules: { 'why-not': ({ data }) => isRefused(data) },
    tooltipValueGetter: ({ data }) => (isRefused(data) ? data.text : ''),
  };
}

export const orderColumns = () => [
  selectColumn,
  timed('created_at', 'Time', { short: true, sort: 'desc', sortIndex: 0 }),
  { field: 'symbol', headerName: 'Symbol', width: 56, cellClass: 'strong', tooltipField: 'symbol' },
  sideColumn,
  {
    colId: 'status', headerName: 'Status', width: 90, context: { text: statusWords }, valueGetter: ({ data }) => `${statusLabel(data)}${data.pending ? `, ${pendingText(data)}` : ''}${(data.warnings ?? []).map(({ code }) => `, warning: ${code}`).join('')}`, cellRenderer: statusCell,
    tooltipValueGetter: ({ data }) => [statusLabel(data), pendingText(data), doubtText(data), data.text, warningText(data)].filter(Boolean).join(' · '),
  },
  numeric('order_qty', narrow ? 'Qty' : 'Quantity'),
  pricedAt(),
  {
    colId: 'actions', headerName: '', width: 98, minWidth: 98, maxWidth: 98, pinned: 'right', lockPinned: true, sortable: false, filter: false, resizable: false, enableCellChangeFlash: false, cellRenderer: actionsCell, cellClass: 'actions-cell',
    valueGetter: ({ data }) => `${canReplace(data)}${canCancel(data)}`, suppressHeaderMenuButton: true,
  },
  filledOrWhyNot(),
  numeric('leaves_qty', 'Leaves'),
  numeric('avg_px', 'Avg price', { least: 2, most: 4, noZero: true }),
  { field: 'ord_type', headerName: 'Type', width: 56, context: { text: (row) => ordTypeLabel(row.ord_type) }, valueFormatter: ({ value }) => ordTypeLabel(value), filterValueGetter: ({ data }) => ordTypeLabel(data.ord_type) },
  numeric('stop_px', 'Stop', { least: 2, hide: true }),
  { field: 'account', headerName: 'Account', width: 60, hide: true },
  { field: 'text', headerName: 'Text', width: 230, tooltipField: 'text' },
  { field: 'time_in_force', headerName: 'TIF', width: 44, valueFormatter: ({ value }) => value ?? '', tooltipValueGetter: ({ value }) => tifLabel(value) },
  { field: 'session_name', headerName: 'Session', width: 80 },
  { field: 'cl_ord_id', headerName: 'ClOrdID', width: 154, cellClass: 'mono' },
  { field: 'order_id', headerName: 'OrderID', width: 140, cellClass: 'mono', hide: true },
  { field: 'orig_cl_ord_id', headerName: 'OrigClOrdID', width: 154, cellClass: 'mono', hide: true },
  numeric('last_qty', 'Last qty', { noZero: true, hide: true }),
  numeric('last_px', 'Last price', { least: 2, noZero: true, hide: true }),
  timed('updated_at', 'Updated', { hide: true }),
];

export const executionColumns = () => [
  timed('received_at', 'Time', { short: true, sort: 'desc', sortIndex: 0 }),
  { field: 'symbol', headerName: 'Symbol', width: 56, cellClass: 'strong', tooltipField: 'symbol' },
  sideColumn,
  { field: 'exec_type', headerName: 'Exec type', width: 116, valueFormatter: ({ value }) => words(value) },
  numeric('last_qty', 'Quantity', { noZero: true }),
  numeric('last_px', 'Price', { least: 2, noZero: true }),
  { field: 'ord_status', headerName: 'Status', width: 116, valueFormatter: ({ value }) => ordStatusLabel(value) },
  numeric('cum_qty', 'Filled'),
  numeric('leaves_qty', 'Leaves'),
  numeric('avg_px', 'Avg price', { least: 2, most: 4, noZero: true }),
  { field: 'session_name', headerName: 'Session', width: 80 },
  { field: 'text', headerName: 'Text', width: 230, tooltipField: 'text' },
  { field: 'cl_ord_id', headerName: 'ClOrdID', width: 170, cellClass: 'mono' },
  { field: 'exec_id', headerName: 'ExecID', width: 150, cellClass: 'mono' },
  { field: 'order_id', headerName: 'OrderID', width: 140, cellClass: 'mono', hide: true },
  { field: 'exec_ref_id', headerName: 'ExecRefID', width: 140, cellClass: 'mono', hide: true },
  timed('transact_time', 'TransactTime', { hide: true, width: 150 }),
  { field: 'account', headerName: 'Account', width: 60, hide: true },
  numeric('commission', 'Commission', { noZero: true, hide: true }),
];

const NOT_WHOLE = 'An old execution was busted or came late; it is not in these figures until the database can be read.';

function positionSymbolCell({ data }) {
  const cell = element('span', 'status', data.symbol);
  if (data.whole) return cell;
  const mark = element('span', 'order-warning');
  mark.setAttribute('role', 'img');
  mark.setAttribute('aria-label', NOT_WHOLE);
  mark.append(iconElement('warn'));
  cell.append(' ', mark);
  return cell;
}

function closeCell({ data, node, context }) {
  const cell = element('span', 'row-actions');
  const button = element('button', 'small', 'Close');
  Object.assign(button, { type: 'button', disabled: isFlat(data), title: 'Put on the ticket what would close it' });
  button.dataset.testid = 'close-position';
  button.setAttribute('aria-label', `Close: ${data.symbol} ${data.account ?? ''} on ${data.session_name}`);
  button.addEventListener('click', (event) => {
    event.stopPropagation();
    context.closeOut(node.data); // as it is by now
  });
  cell.append(button);
  return cell;
}

const LAST_SOURCES = { trade: 'The last trade of the market data', mid: 'The middle of best bid and offer', rest: 'Given by REST', file: 'Of the price file', fill: 'Our last fill' };

export const positionColumns = () => [
  {
    field: 'symbol', headerName: 'Symbol', width: 86, cellClass: 'strong', sort: 'asc', sortIndex: 0, cellRenderer: positionSymbolCell,
    tooltipValueGetter: ({ data }) => (data.whole ? '' : NOT_WHOLE),
  },
  { field: 'account', headerName: 'Account', width: 60, valueFormatter: ({ value }) => value ?? '' },
  { field: 'session_name', headerName: 'Session', width: 80 },
  numeric('net_qty', 'Position'),
  numeric('average_px', 'Avg cost', { least: 2, most: 4 }),
  numeric('last_px', 'Last', { least: 2, tooltipValueGetter: ({ data }) => (data.last_at ? `${LAST_SOURCES[data.last_source] ?? 'Last price'}, ${dayAndTime(data.last_at, zone.value)}` : 'Of the opening position') }),
  profit('day_profit', 'Day P&L'),
  profit('average_unrealised', 'Unrealised'),
  profit('average_realised', 'Realised'),
  profit('profit', 'P&L', { headerTooltip: 'Realised and unrealised, since the first execution or the opening position' }),
  numeric('day_buy_qty', 'Bought', { noZero: true }),
  numeric('day_sell_qty', 'Sold', { noZero: true }),
  numeric('open_qty', 'At open', { noZero: true }),
  numeric('close_px', 'Close', { least: 2 }),
  numeric('commission', 'Commission', { noZero: true }),
  timed('last_at', 'Last price at'),
  numeric('fifo_px', 'FIFO price', { least: 2, most: 4, hide: true }),
  profit('average_day_realised', 'Day realised', { hide: true }),
  profit('fifo_unrealised', 'FIFO unrealised', { hide: true }),
  profit('fifo_realised', 'FIFO realised', { hide: true }),
  profit('fifo_day_realised', 'FIFO day realised', { hide: true }),
  numeric('day_commission', 'Day commission', { noZero: true, hide: true }),
  { field: 'day', headerName: 'Day', width: 96, hide: true },
  {
    colId: 'actions', headerName: '', width: 70, minWidth: 70, maxWidth: 70, pinned: 'right', lockPinned: true, sortable: false, filter: false, resizable: false, enableCellChangeFlash: false, cellRenderer: closeCell, cellClass: 'actions-cell',
    valueGetter: ({ data }) => isFlat(data),
  },
];
