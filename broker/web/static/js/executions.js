// Executions: each order's fills below it, or all in one list.
import { computed, html, signal, useEffect } from '/shared/js/lib.js';
import { showDecimal } from '/shared/js/fix/decimal.js';
import { isBuy, sideLabel, words } from '/shared/js/fix/names.js';
import { time } from '/shared/js/fix/times.js';
import { remembered, zone } from '/shared/js/state/prefs.js';
import { Icon, Status } from '/shared/js/ui/bits.js';
import { numeric, sideColumn, timed } from '/shared/js/ui/column_kinds.js';
import { Grid } from '/shared/js/ui/grid.js';
import { bust, correct } from './acts.js';
import { query } from './api.js';
import { executions, openOrder, orders, tab } from './state.js';
import { price, whole } from './words.js';

const GROUPS = 200;

const grouped = remembered('broker.grouped', true);
const search = signal('');
const api = signal(null);
const folded = signal(new Set());
const flatSeen = computed(() => tab.value === 'executions' && !grouped.value);

const columns = [
  timed('created_at', 'Time', { sort: 'desc', sortIndex: 0, comparator: (a, b, one, other) => (a < b ? -1 : Number(a > b)) || one.data.id - other.data.id }),
  { field: 'exec_id', headerName: 'ExecID', width: 100, cellClass: 'num' },
  { field: 'sender_comp_id', headerName: 'Client', width: 130 },
  { field: 'symbol', headerName: 'Symbol', width: 80, cellClass: 'strong' },
  sideColumn,
  numeric('exec_quantity', 'Quantity', { width: 96 }),
  numeric('exec_price', 'Price', { least: 2, width: 96 }),
  numeric('cum_quantity', 'Filled', { width: 96 }),
  numeric('leaves_quantity', 'Leaves', { width: 96 }),
  { field: 'cl_ord_id', headerName: 'ClOrdID', width: 200, cellClass: 'mono' },
  { field: 'status', headerName: 'Status', width: 104, valueFormatter: ({ value }) => (value === 'NEW' ? '' : words(value)) },
  { field: 'exec_ref_id', headerName: 'Corrects', width: 96, cellClass: 'num' },
  { field: 'order_id', headerName: 'Order', width: 90, valueFormatter: ({ value }) => `O${value}` },
];

const options = { onRowClicked: ({ data }) => { openOrder.value = data.order_id; } };

// Newest first: [order's id, its executions] of the orders that were filled last.
function groups(text) {
  const wanted = text.trim().toLowerCase();
  const matches = (one) => !wanted || [one.exec_id, one.cl_ord_id, one.symbol, one.sender_comp_id].some((value) => value.toLowerCase().includes(wanted));
  const found = new Map();
  for (const one of executions.all().sort((a, b) => b.id - a.id)) {
    if (!matches(one)) continue;
    if (found.has(one.order_id)) found.get(one.order_id).push(one);
    else if (found.size < GROUPS) found.set(one.order_id, [one]);
  }
  return [...found];
}

const Fate = ({ one }) => {
  if (one.status !== 'NEW') return html`<span class="status tone-bad" title=${one.text}><${Icon} name="cross" size=${12} /> ${words(one.status)}</span>`;
  return html`<button type="button" class="small" data-testid="correct" aria-label=${`Correct ${one.exec_id}`} onClick=${() => correct(one)}>Correct…</button>${' '}
    <button type="button" class="small danger" data-testid="bust" aria-label=${`Bust ${one.exec_id}`} onClick=${() => bust(one)}>Bust…</button>`;
};

export const ExecutionRow = ({ one }) => html`<tr data-testid="execution" data-exec-id=${one.exec_id} class=${one.status === 'NEW' ? '' : 'undone'}><td class="num">${time(one.created_at, zone.value)}</td><td class="num right">${showDecimal(one.exec_quantity)}</td>
  <td class="num right">${price(one.exec_price)}</td><td class="num right">${showDecimal(one.cum_quantity)}</td><td class="num">${one.exec_id}${one.exec_ref_id && html` <span class="quiet">for ${one.exec_ref_id}</span>`}</td><td><${Fate} one=${one} /></td></tr>`;

function Group({ id, rows }) {
  const order = orders.get(String(id));
  const [newest] = rows;
  const open = !folded.value.has(id);
  const toggle = () => {
    const next = new Set(folded.value);
    if (!next.delete(id)) next.add(id);
    folded.value = next;
  };
  return html`<section class="group" data-testid="group" data-order=${id}>
    <div class="group-head"><button type="button" class="icon-button" aria-expanded=${open} aria-label=${`Executions of O${id}`} onClick=${toggle}><${Icon} name="down" /></button>
      <button type="button" class="link num" onClick=${() => { openOrder.value = id; }}>O${id}</button>
      <b class=${isBuy(newest.side) ? 'tone-buy' : 'tone-sell'}>${sideLabel(newest.side)}</b> <b>${newest.symbol}</b>
      <span class="num">${showDecimal(newest.cum_quantity)}${order && ` of ${showDecimal(order.quantity)}`}</span>
      ${order && Number(order.average_price) > 0 && html`<span class="quiet num">at ${price(order.average_price)} on average</span>`}
      <span class="quiet">${newest.sender_comp_id}</span> <span class="mono quiet clip">${newest.cl_ord_id}</span><span class="grow"></span>${order && html`<${Status} order=${order} />`}</div>
    ${open && html`<table class="table"><thead class="sr"><tr><th>Time</th><th>Quantity</th><th>Price</th><th>Filled</th><th>ExecID</th><th>Status</th></tr></thead><tbody>${rows.map((one) => html`<${ExecutionRow} key=${one.exec_id} one=${one} />`)}</tbody></table>`}
  </section>`;
}

export function Executions() {
  executions.version.value;
  orders.version.value;
  const text = search.value;
  const grid = api.value;
  useEffect(() => grid?.setGridOption('quickFilterText', text), [text, grid]);
  const shown = grouped.value ? groups(text) : [];
  return html`<div class="bar">
      <input type="search" class="search" placeholder="Search" aria-label="Search the executions" data-testid="executions-search" value=${text} onInput=${(event) => { search.value = event.target.value; }} />
      <button type="button" class="small toggle" aria-pressed=${grouped.value} data-testid="grouped" onClick=${() => { grouped.value = !grouped.value; }}>${grouped.value && html`<${Icon} name="check" size=${12} />`} By order</button>
      <span class="quiet small-text wide-only">${grouped.value && shown.length === GROUPS ? `the ${whole(GROUPS)} orders that were filled last` : ''}</span>
      <span class="grow"></span>
      <a class="button small" data-testid="executions-csv" href=${`/api/executions.csv${query({ text })}`} download>All as CSV</a>
    </div>
    ${grouped.value
      ? html`<div class="scroll">${shown.map(([id, rows]) => html`<${Group} key=${id} id=${id} rows=${rows} />`)}${!shown.length && html`<p class="empty">${text ? 'Nothing matches.' : html`<b>No executions yet.</b> Fills appear here below their orders.`}</p>`}</div>`
      : html`<div class="grid-box"><${Grid} name="broker.executions" label="Executions" testid="executions-grid" store=${executions} seen=${flatSeen} columns=${columns} options=${options} onApi=${(made) => { api.value = made; }} /></div>`}`;
}
