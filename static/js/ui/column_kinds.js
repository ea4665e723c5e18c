// Kinds of columns that every grid has: numbers on their decimal points, times in the chosen zone, sides.
import { compareDecimals, fractionDigits, rounded, showDecimal } from '../fix/decimal.js';
import { isBuy, isSell, sideLabel } from '../fix/names.js';
import { dayAndTime, time } from '../fix/times.js';
import { zone } from '../state/prefs.js';

const MOST_DIGITS = 8;

// most: a longer number is shown rounded, and whole in its tooltip.
export function numeric(field, headerName, { least = 0, most = MOST_DIGITS, noZero = false, ...more } = {}) {
  return {
    context: { most },
    field,
    headerName,
    type: 'rightAligned',
    cellClass: 'num ag-right-aligned-cell',
    filter: 'agNumberColumnFilter',
    filterValueGetter: ({ data }) => (data[field] === null || data[field] === '' ? null : Number(data[field])),
    comparator: compareDecimals,
    valueFormatter: ({ value, context }) => (noZero && !/[1-9]/.test(value ?? '') ? '' : showDecimal(rounded(value, most), least, context.digits.get(field) ?? least)),
    tooltipValueGetter: ({ value }) => (rounded(value, most) === value ? undefined : value),
    width: 82,
    ...more,
  };
}

// An amount that was earned or lost: both signs are written, so that colour is not all that tells them apart.
export function profit(field, headerName, more = {}) {
  const column = numeric(field, headerName, { least: 2, width: 98 });
  return {
    ...column,
    valueFormatter: (params) => (isGain(params.value) ? '+' : '') + column.valueFormatter(params),
    cellClassRules: { 'tone-good': ({ value }) => isGain(value), 'tone-bad': ({ value }) => Boolean(value) && value.startsWith('-') },
    ...more,
  };
}

const isGain = (value) => /[1-9]/.test(value ?? '') && !value.startsWith('-');

// The digits after the point of each column's longest value so far; a column that got a longer one is drawn again, so
// that all its numbers stand on the decimal point.
export class Digits {
  constructor(columns) {
    this.fields = columns.filter((column) => column.filter === 'agNumberColumnFilter').map((column) => [column.field, column.context.most]);
    this.seen = new Map();
  }

  get(field) {
    return this.seen.get(field);
  }

  // Answers the fields that grew.
  learn(rows) {
    const grown = new Set();
    for (const row of rows) {
      for (const [field, most] of this.fields) {
        const digits = row[field] ? Math.min(most, fractionDigits(row[field])) : 0;
        if (digits <= (this.seen.get(field) ?? 0)) continue;
        this.seen.set(field, digits);
        grown.add(field);
      }
    }
    return [...grown];
  }
}

export function timed(field, headerName, more = {}) {
  return {
    field,
    headerValueGetter: () => `${headerName} (${zone.value === 'UTC' ? 'UTC' : 'local'})`,
    headerName,
    cellClass: 'num',
    valueFormatter: ({ value }) => time(value, zone.value),
    tooltipValueGetter: ({ value }) => dayAndTime(value, zone.value),
    enableCellChangeFlash: false,
    width: 112,
    ...more,
  };
}

export function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text) made.textContent = text;
  return made;
}

export const sideColumn = {
  field: 'side', headerName: 'Side', width: 88, valueFormatter: ({ value }) => sideLabel(value), filterValueGetter: ({ data }) => sideLabel(data.side),
  cellClassRules: { 'tone-buy': ({ value }) => isBuy(value), 'tone-sell': ({ value }) => isSell(value) },
};
