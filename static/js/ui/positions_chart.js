// What the positions have earned, as bars: each symbol's day, and since the beginning. The grid has the numbers.
import { computed, html, signal } from '../lib.js';
import { positions } from '../state/positions.js';
import { remembered } from '../state/prefs.js';
import { bars, Chart } from './chart.js';

const MOST_BARS = 14;
const REDRAWN_EVERY_MS = 1000;

export const charted = remembered('positions.chart', false);

// Profits move with each price; a picture of them is worth looking at once a second.
const turn = signal(0);
setInterval(() => {
  if (charted.peek() && seen !== positions.version.peek()) {
    seen = positions.version.peek();
    turn.value += 1;
  }
}, REDRAWN_EVERY_MS);
let seen = -1;

// Heights of bars, not amounts of money: those of several sessions and accounts together.
const bySymbol = computed(() => {
  turn.value;
  const sums = new Map();
  for (const one of positions.rows.values()) {
    if (one.profit === null) continue;
    const [day, whole] = sums.get(one.symbol) ?? [0, 0];
    sums.set(one.symbol, [day + Number(one.day_profit ?? 0), whole + Number(one.profit)]);
  }
  return [...sums].map(([symbol, [day, whole]]) => ({ symbol, day, whole }))
    .sort((a, b) => Math.max(Math.abs(b.day), Math.abs(b.whole)) - Math.max(Math.abs(a.day), Math.abs(a.whole)));
});
const shown = computed(() => bySymbol.value.slice(0, MOST_BARS));
const data = computed(() => [shown.value.map((_row, index) => index), shown.value.map((row) => row.day), shown.value.map((row) => row.whole)]);

const inWords = (value) => (value === null || value === undefined ? '–' : value.toFixed(2));

export function PositionsChart() {
  const names = shown.value.map((row) => row.symbol);
  if (!names.length) return html`<p class="quiet chart-none">No position has earned or lost anything that is known.</p>`;
  const left = bySymbol.value.length - names.length;
  const barOf = (label, stroke, fill, side) => ({ label, stroke, fill, width: 2, paths: bars(side), points: { show: false }, value: (_chart, value) => inWords(value) });
  const options = (colour) => ({
    title: `P&L by symbol${left > 0 ? `, the largest ${names.length} of ${names.length + left}` : ''}`,
    scales: { x: { time: false, range: () => [-0.6, names.length - 0.4] }, y: { range: (_chart, least, most) => aroundZero(least ?? 0, most ?? 0) } },
    series: [
      { label: 'Symbol', value: (_chart, value) => names[value] ?? '–' },
      barOf('Day', colour('--accent'), colour('--accent'), -1),
      barOf('Since the beginning', colour('--muted'), colour('--panel'), 1),
    ],
    axes: [
      { splits: () => names.map((_name, index) => index), values: (_chart, splits) => splits.map((index) => names[index]), grid: { show: false } },
      { size: 72 },
    ],
  });
  return html`<${Chart} data=${data.value} options=${options} height=${190} testid="positions-chart" label="Chart of the profit of each symbol, of the day and since the beginning; the grid below has the numbers" />`;
}

function aroundZero(least, most) {
  const spare = Math.max(most - least, 1) * 0.08;
  return [Math.min(0, least) - (least < 0 ? spare : 0), Math.max(0, most) + (most > 0 ? spare : 0) || 1];
}
