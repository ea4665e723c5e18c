// Kinds of columns that every grid has: numbers on their decimal points, times in the chosen zone, sides.
import { compareDecimals, fractionDigits, rounded, showDecimal } from '../fix/decimal.js';
import { isBuy, isSell, sideLabel } from '../fix/names.js';
import { dayAndTime, time } from '../fix/times.js';
import { zone } from '../state/prefs.js';
import { idOf, isFitted, usesOf } from './column_fit.js';

const MOST_DIGITS = 8;
const MARK = 4; // as many digits wide as the word before a number that stands in for another one

// most: a longer number is shown rounded, and whole in its tooltip.
export function numeric(field, headerName, { least = 0, most = MOST_DIGITS, noZero = false, standIn = null, signed = false, ...more } = {}) {
  return {
    context: { most, least, standIn, signed },
    field,
    headerName,
    type: 'rightAligned',
    cellClass: 'num ag-right-aligned-cell',
    filter: 'agNumberColumnFilter',
    filterValueGetter: ({ data }) => (data[field] === null || data[field] === '' ? null : Number(data[field])),
    comparator: compareDecimals,
    valueFormatter: ({ value, context }) => (noZero && !/[1-9]/.test(value ?? '') ? '' : showDecimal(rounded(value, most), least, context.digits.get(field) ?? least)),
    tooltipValueGetter: ({ value }) => (rounded(value, most) === value ? undefined : value),
    width: 48,
    ...more,
  };
}

// What was earned is shown to the cent, and whole in the tooltip.
export const MONEY_DIGITS = 2;

// An amount that was earned or lost: both signs are written, so that colour is not all that tells them apart.
export function profit(field, headerName, more = {}) {
  const column = numeric(field, headerName, { least: 2, most: MONEY_DIGITS, signed: true });
  return {
    ...column,
    valueFormatter: (params) => (isGain(params.value) ? '+' : '') + column.valueFormatter(params),
    cellClassRules: { 'tone-good': ({ value }) => isGain(value), 'tone-bad': ({ value }) => Boolean(value) && value.startsWith('-') },
    ...more,
  };
}

export const isGain = (value) => /[1-9]/.test(value ?? '') && !value.startsWith('-');

// The digits before and after the point of each column's longest values so far; a column that got a longer one is drawn
// again, so that all its numbers stand on the decimal point.
export class Digits {
  constructor(columns) {
    this.fields = columns.filter((column) => column.filter === 'agNumberColumnFilter').map((column) => [column.field, column.context]);
    this.texts = columns.filter(isFitted).map((column) => [idOf(column), column.context?.text ?? ((row) => row[column.field])]);
    this.uses = usesOf(columns);
    this.used = new Set(); // of the columns that show themselves, those that have something in them
    this.seen = new Map();
    this.before = new Map(); // field -> the most characters before the point; of a text, the longest one
  }

  get(field) {
    return this.seen.get(field);
  }

  // A text as long as the longest value of the column.
  longest(field) {
    const before = this.before.get(field) ?? 0;
    if (typeof before === 'string') return before;
    const after = this.seen.get(field) ?? 0;
    // A sign is counted as a digit, and is wider than one.
    return `+${'0'.repeat(Math.max(0, before - 1))}${','.repeat(Math.max(0, Math.floor((before - 1) / 3)))}${after ? `.${'0'.repeat(after)}` : ''}`;
  }

  get known() {
    return [...this.before.keys()];
  }

  // Answers the fields that grew.
  learn(rows) {
    const grown = new Set();
    for (const row of rows) {
      for (const [field, { most, least, standIn, signed }] of this.fields) {
        const value = row[field] || row[standIn];
        if (!value) continue;
        const digits = Math.max(least, Math.min(most, fractionDigits(value)));
        const point = value.indexOf('.');
        const before = (point < 0 ? value.length : point) + Number(signed) + (row[field] ? 0 : MARK);
        if (digits <= (this.seen.get(field) ?? 0) && before <= (this.before.get(field) ?? 0)) continue;
        this.seen.set(field, Math.max(digits, this.seen.get(field) ?? 0));
        this.before.set(field, Math.max(before, this.before.get(field) ?? 0));
        grown.add(field);
      }
      for (const [id, textOf] of this.texts) {
        const text = textOf(row);
        if ((text?.length ?? 0) <= (this.before.get(id)?.length ?? 0)) continue;
        this.before.set(id, text);
        grown.add(id);
      }
      for (const [id, isUsed] of this.uses) {
        if (this.used.has(id) || !row[id] || !isUsed(row)) continue;
        this.used.add(id);
        grown.add(id);
      }
    }
    return [...grown];
  }
}

export const narrow = matchMedia('(max-width: 1180px)').matches;

// short: to the second, and without the zone, where the window is narrow; the tooltip has all of it.
export function timed(field, headerName, { short = false, ...more } = {}) {
  const cut = short && narrow;
  return {
    field,
    headerValueGetter: () => (cut ? headerName : `${headerName} (${zone.value === 'UTC' ? 'UTC' : 'local'})`),
    headerName,
    cellClass: 'num',
    valueFormatter: ({ value }) => time(value, zone.value).slice(0, cut ? 8 : undefined),
    tooltipValueGetter: ({ value }) => dayAndTime(value, zone.value),
    enableCellChangeFlash: false,
    width: cut ? 74 : 98,
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
  field: 'side', headerName: 'Side', width: 48, context: { text: ({ side }) => sideLabel(side) }, valueFormatter: ({ value }) => sideLabel(value), filterValueGetter: ({ data }) => sideLabel(data.side),
  cellClassRules: { 'tone-buy': ({ value }) => isBuy(value), 'tone-sell': ({ value }) => isSell(value) },
};
