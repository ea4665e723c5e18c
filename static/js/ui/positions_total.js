// Below the positions: what those that the filters let through have earned together. It is drawn a few times a second at most.
import { html, useEffect, useState } from '../lib.js';
import { rounded, showDecimal, sum } from '../fix/decimal.js';
import { isGain, MONEY_DIGITS } from './column_kinds.js';

const EVERY_MS = 300;
const PROFITS = [['day_profit', 'Day P&L'], ['average_unrealised', 'Unrealised'], ['average_realised', 'Realised'], ['profit', 'P&L']];

export function PositionsTotal({ api }) {
  const [total, setTotal] = useState(null);
  useEffect(() => {
    if (!api) return undefined;
    let timer = null;
    const count = () => {
      timer = null;
      const rows = [];
      api.forEachNodeAfterFilter(({ data }) => rows.push(data));
      setTotal(totalOf(rows));
    };
    const soon = () => { timer ??= setTimeout(count, EVERY_MS); };
    count();
    api.addEventListener('modelUpdated', soon);
    return () => {
      clearTimeout(timer);
      if (!api.isDestroyed()) api.removeEventListener('modelUpdated', soon);
    };
  }, [api]);
  if (!total?.count) return null;
  return html`<div class="positions-total" data-testid="positions-total" role="group" aria-label="Together">
    <span><b class="num">${total.count}</b> ${total.count === 1 ? 'position' : 'positions'}</span>
    ${PROFITS.map(([key, label]) => html`<${Amount} key=${key} label=${label} value=${total[key]} signed />`)}
    <${Amount} label="Commission" value=${total.commission} />
    ${total.unknown > 0 && html`<span class="tone-wait" title="Of these a price is missing: watch the symbol, or give a price by PUT /api/prices">without ${total.unknown} that nobody knows the price of</span>`}
  </div>`;
}

function Amount({ label, value, signed }) {
  const gain = signed && isGain(value);
  const tone = gain ? 'tone-good' : signed && value.startsWith('-') ? 'tone-bad' : '';
  return html`<span title=${value}>${label} <b class=${`num ${tone}`}>${gain ? '+' : ''}${showDecimal(rounded(value, MONEY_DIGITS), MONEY_DIGITS)}</b></span>`;
}

function totalOf(rows) {
  const known = rows.filter(({ profit }) => profit !== null);
  const of = (key) => sum(known.map((row) => row[key] ?? '0'));
  return { count: rows.length, unknown: rows.length - known.length, commission: sum(rows.map((row) => row.commission ?? '0')), ...Object.fromEntries(PROFITS.map(([key]) => [key, of(key)])) };
}
