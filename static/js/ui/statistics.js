// How orders fared: a table, and two charts that say parts of it at a glance.
import { computed, html, signal, useEffect } from '../lib.js';
import { sideLabel } from '../fix/names.js';
import { clock, dayAndTime, duration } from '../fix/times.js';
import { sessions } from '../state/desk.js';
import { zone } from '../state/prefs.js';
import { busy, by, CLOCKS, custom, delays, found, GROUPINGS, load, period, PERIODS, problem, sessionName } from '../state/statistics.js';
import { bars, Chart, inZone } from './chart.js';

const MOST_BARS = 12;
const LONGEST_NAME = 10;
const sorting = signal({ id: 'key', down: false });

const percent = (ratio) => (ratio === null ? '' : `${(Number(ratio) * 100).toFixed(1)}`);
const LONG_MS = 10_000; // from there on in words
const ms = (text) => (text === null ? '' : Number(text) < LONG_MS ? Number(text).toFixed(2) : duration(Number(text)));
const whole = (number) => number.toLocaleString('en');
const points = (slippage) => (slippage.basis_points === null ? '' : signed(slippage.basis_points));
const signed = (text) => (/[1-9]/.test(text) && !text.startsWith('-') ? `+${text}` : text.replace('-', '−'));
const costs = (text) => (text === null || !/[1-9]/.test(text) ? '' : text.startsWith('-') ? 'tone-good' : 'tone-bad');

function titleOf(key) {
  if (found.value.by === 'hour') return dayAndTime(key, zone.value).slice(0, 16);
  if (found.value.by === 'side') return sideLabel(key);
  return key || 'none';
}

// [heading of several, [id, heading, value to sort by, text, class]]
const COLUMNS = computed(() => {
  const delay = (name, percentile) => [`${name}.${percentile}`, percentile, (row) => row[delays.value][name][percentile], (row) => ms(row[delays.value][name][percentile])];
  return [
    ['Orders', [
      ['orders', 'Sent', (row) => row.orders, (row) => whole(row.orders)],
      ['filled', 'Filled', (row) => row.filled, (row) => whole(row.filled)],
    ]],
    ['Of 100 orders', [
      ['fill_ratio', 'Filled', (row) => row.fill_ratio, (row) => percent(row.fill_ratio)],
      ['reject_rate', 'Rejected', (row) => row.reject_rate, (row) => percent(row.reject_rate)],
      ['cancel_rate', 'Canceled', (row) => row.cancel_rate, (row) => percent(row.cancel_rate)],
    ]],
    ['Quantity', [['qty_fill_ratio', 'Filled %', (row) => row.qty_fill_ratio, (row) => percent(row.qty_fill_ratio)]]],
    ['To the first answer, ms', [delay('to_ack', 'p50'), delay('to_ack', 'p95'), delay('to_ack', 'p99'), delay('to_ack', 'max')]],
    ['To the first fill, ms', [delay('to_first_fill', 'p50'), delay('to_first_fill', 'p99')]],
    ['To all filled, ms', [delay('to_fill', 'p50'), delay('to_fill', 'p99')]],
    ['Slippage, bp', [
      ['arrival', 'Arrival', (row) => row.arrival_slippage.basis_points, (row) => points(row.arrival_slippage), (row) => costs(row.arrival_slippage.basis_points)],
      ['limit', 'Limit', (row) => row.limit_slippage.basis_points, (row) => points(row.limit_slippage), (row) => costs(row.limit_slippage.basis_points)],
    ]],
    ['Value', [['turnover', 'Turnover', (row) => row.turnover, (row) => Number(row.turnover).toLocaleString('en', { maximumFractionDigits: 0 })]]],
  ];
});
const flat = computed(() => COLUMNS.value.flatMap(([, columns]) => columns));

const rows = computed(() => {
  const { id, down } = sorting.value;
  const column = flat.value.find(([one]) => one === id);
  const all = [...(found.value?.groups ?? [])];
  if (column) {
    const value = (row) => (column[2](row) === null ? -Infinity : Number(column[2](row)));
    all.sort((a, b) => value(a) - value(b));
  }
  return down ? all.reverse() : all;
});

const ask = (target) => (event) => {
  target.value = event.target.value;
  load();
};

export function StatisticsBar() {
  const typed = (name) => (event) => {
    custom.value = { ...custom.value, [name]: event.target.value };
    load();
  };
  return html`
    <select aria-label="Group by" data-testid="statistics-by" value=${by.value} onChange=${ask(by)}>
      ${GROUPINGS.map(([id, title]) => html`<option key=${id} value=${id}>By ${title.toLowerCase()}</option>`)}
    </select>
    <select aria-label="Orders sent in" data-testid="statistics-period" value=${period.value} onChange=${ask(period)}>
      ${PERIODS.map(([id, title]) => html`<option key=${id} value=${id}>${title}</option>`)}
    </select>
    ${period.value === 'custom' && ['from', 'to'].map((name) => html`<label class="statistics-time" key=${name}>${name}
      <input type="datetime-local" value=${custom.value[name]} data-testid=${`statistics-${name}`} onChange=${typed(name)} /></label>`)}
    ${period.value === 'custom' && html`<span class="quiet">${zone.value === 'UTC' ? 'UTC' : 'local'}</span>`}
    <select aria-label="Session" data-testid="statistics-session" value=${sessionName.value} onChange=${ask(sessionName)}>
      <option value="">All sessions</option>
      ${sessions.value.map(({ name }) => html`<option key=${name} value=${name}>${name}</option>`)}
    </select>
    <select aria-label="Delays by" data-testid="statistics-delays" value=${delays.value} onChange=${(event) => { delays.value = event.target.value; }}>
      ${CLOCKS.map(([id, title]) => html`<option key=${id} value=${id}>${title}</option>`)}
    </select>
    <span class="grow"></span>
    ${busy.value ? html`<span class="quiet" role="status">Counting…</span>` : found.value && html`<span class="quiet wide-only nowrap">as of ${clock(new Date(found.value.at), zone.value)}</span>`}
    <button type="button" class="small" data-testid="statistics-refresh" disabled=${busy.value} onClick=${load}>Count again</button>`;
}

export function Statistics() {
  useEffect(() => {
    load();
  }, []);
  if (problem.value) {
    return html`<div class="empty" role="alert" data-testid="statistics-problem"><p><b>${problem.value.title}.</b> ${problem.value.text}</p>
      <button type="button" class="primary" onClick=${load}>Try again</button></div>`;
  }
  if (!found.value) return html`<p class="empty">Counting…</p>`;
  if (!found.value.groups.length) {
    return html`<p class="empty" data-testid="statistics-empty"><b>No orders of ours in this time.</b> Choose a longer one, or another session.</p>`;
  }
  return html`<div class="statistics" data-testid="statistics" aria-busy=${busy.value}>
    <div class="charts"><${ToAck} /><${Outcome} /></div>
    <div class="statistics-table" tabindex="0" role="region" aria-label="Statistics table"><${Table} /></div>
    <p class="hint">Delays run from our sending to ${delays.value === 'engine_ms' ? 'the report’s arrival, both by the engine’s clock' : 'the report’s TransactTime(60), by the counterparty’s clock: the difference of the clocks is in them'}.
      Slippage is against the price known at the sending, and against the limit price; plus is a cost.</p>
  </div>`;
}

function Table() {
  const heading = GROUPINGS.find(([id]) => id === found.value.by)[1];
  const line = (row, title) => flat.value.map(([id, , , text, tone]) => html`<td key=${id} class=${`num ${tone ? tone(row) : ''}`}>${text(row)}</td>`);
  return html`<table data-testid="statistics-table">
    <caption class="sr">Orders sent, by ${heading.toLowerCase()}</caption>
    <thead>
      <tr><td></td>${COLUMNS.value.map(([title, columns]) => html`<th key=${title} scope="colgroup" colspan=${columns.length}>${title}</th>`)}</tr>
      <tr><${Heading} id="key" title=${found.value.by === 'hour' ? `${heading} (${zone.value === 'UTC' ? 'UTC' : 'local'})` : heading} />
        ${flat.value.map(([id, title]) => html`<${Heading} key=${id} id=${id} title=${title} num />`)}</tr>
    </thead>
    <tbody>${rows.value.map((row) => html`<tr key=${row.key}><th scope="row">${titleOf(row.key)}</th>${line(row)}</tr>`)}</tbody>
    ${rows.value.length > 1 && html`<tfoot><tr><th scope="row">All</th>${line(found.value.total)}</tr></tfoot>`}
  </table>`;
}

function Heading({ id, title, num }) {
  const chosen = sorting.value.id === id;
  const turn = () => {
    sorting.value = { id, down: chosen ? !sorting.value.down : Boolean(num) };
  };
  const sort = chosen ? (sorting.value.down ? 'descending' : 'ascending') : undefined;
  return html`<th scope="col" class=${num ? 'num' : ''} aria-sort=${sort}><button type="button" class="heading" onClick=${turn}>${title}${chosen && (sorting.value.down ? ' ↓' : ' ↑')}</button></th>`;
}

// Hours without an order break the line.
const ackData = computed(() => {
  const columns = [[], [], []];
  for (const { key, ...row } of found.value?.hours ?? []) {
    const at = new Date(key).getTime() / 1000;
    const last = columns[0].at(-1);
    if (last && at - last > 3600) [last + 3600, null, null].forEach((value, index) => columns[index].push(value));
    const { p50, p99 } = row[delays.value].to_ack;
    [at, p50 === null ? null : Number(p50), p99 === null ? null : Number(p99)].forEach((value, index) => columns[index].push(value));
  }
  return columns;
});

const lineOf = (label, stroke, dash) => ({ label, stroke, dash, width: 2, points: { show: true, size: 6, fill: stroke }, value: (_chart, value) => (value === null || value === undefined ? '–' : `${value.toFixed(2)} ms`) });

// The day stands where it begins, and at the first hour.
function hourLabels(splits, shown) {
  let day = null;
  return splits.map((seconds) => {
    const [date, at] = dayAndTime(new Date(seconds * 1000).toISOString(), shown).split(' ');
    const label = date === day ? at.slice(0, 5) : `${at.slice(0, 5)}\n${date}`;
    day = date;
    return label;
  });
}

// From half an hour before the first to half an hour after the last, and no less than six hours: uPlot makes years of one.
function hoursAround(times) {
  const [first, last] = [times[0] ?? 0, times.at(-1) ?? 0];
  const spare = Math.max(1800, (6 * 3600 - (last - first)) / 2);
  return [first - spare, last + spare];
}

function ToAck() {
  const shown = zone.value;
  const data = ackData.value;
  const options = (colour) => ({
    title: 'Time to the first answer, by hour of sending',
    tzDate: inZone(shown),
    scales: { x: { time: true, range: () => hoursAround(data[0]) }, y: { range: (_chart, least, most) => [Math.min(0, least ?? 0), (most || 1) * 1.08] } },
    series: [
      { label: shown === 'UTC' ? 'Hour (UTC)' : 'Hour (local)', value: (_chart, value) => (value ? dayAndTime(new Date(value * 1000).toISOString(), shown).slice(0, 16) : '–') },
      lineOf('p50', colour('--accent')),
      lineOf('p99', colour('--wait'), [7, 4]),
    ],
    axes: [{ space: 56, values: (_chart, splits) => hourLabels(splits, shown) }, { size: 58, values: (_chart, values) => values.map((value) => `${value} ms`) }],
  });
  return html`<${Chart} key=${`${shown} ${delays.value}`} data=${data} options=${options} testid="chart-ack" label="Chart of the time to the first answer by hour, 50th and 99th percentile; the table by hour has its numbers" />`;
}

const biggest = computed(() => {
  const groups = found.value?.groups ?? [];
  if (found.value?.by === 'hour') return groups.slice(-MOST_BARS);
  return [...groups].sort((a, b) => b.orders - a.orders).slice(0, MOST_BARS);
});
const outcomeData = computed(() => [
  biggest.value.map((_row, index) => index),
  biggest.value.map((row) => Number(row.fill_ratio) * 100),
  biggest.value.map((row) => Number(row.reject_rate) * 100),
]);

function Outcome() {
  const names = biggest.value.map((row) => (found.value.by === 'hour' ? titleOf(row.key).slice(11) : titleOf(row.key)));
  const left = found.value.groups.length - names.length;
  const barOf = (label, stroke, fill, side) => ({ label, stroke, fill, width: 2, paths: bars(side), points: { show: false }, value: (_chart, value) => (value === null || value === undefined ? '–' : `${value.toFixed(1)} %`) });
  const options = (colour) => ({
    title: `Orders filled and rejected${left > 0 ? `, ${found.value.by === 'hour' ? 'last' : 'biggest'} ${names.length} of ${found.value.groups.length}` : ''}`,
    scales: { x: { time: false, range: () => [-0.6, names.length - 0.4] }, y: { range: () => [0, 105] } },
    series: [
      { label: GROUPINGS.find(([id]) => id === found.value.by)[1], value: (_chart, value) => names[value] ?? '–' },
      barOf('Filled', colour('--good'), colour('--good'), -1),
      barOf('Rejected', colour('--bad'), colour('--panel'), 1),
    ],
    axes: [
      { splits: () => names.map((_name, index) => index), values: (_chart, splits) => splits.map((index) => shortened(names[index])), grid: { show: false }, ...(names.length > 4 && { rotate: -40, size: 58 }) },
      { size: 48, values: (_chart, values) => values.map((value) => `${value} %`) },
    ],
  });
  return html`<${Chart} key=${found.value.by} data=${outcomeData.value} options=${options} testid="chart-outcome" label="Chart of the orders filled and rejected of each group, in percent; the table has its numbers" />`;
}

const shortened = (name) => (name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name);
