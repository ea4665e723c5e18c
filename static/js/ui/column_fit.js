// Columns as wide as their longest number or symbol needs, for one that is cut reads like another; and columns that show
// themselves when an order first has something in them.
import { recall, remember } from '../state/prefs.js';

const PADDING = 20;
const WIDEST = 200;
const FITTED = new Map([['symbol', 130]]); // texts, and how wide they may make their column
const SHOWN_WHEN_USED = new Set(['stop_px']);

function measure(box) {
  const canvas = document.createElement('canvas').getContext('2d');
  canvas.font = `600 13px ${getComputedStyle(box).fontFamily}`;
  return (text) => canvas.measureText(text).width;
}

// name: the grid's; digits: what stands in its columns. Answers a function that takes the fields that grew.
export function fitting(api, box, name, digits) {
  const width = measure(box);
  const used = new Set(recall(`grid.${name}.used`, []));
  const show = (fields) => {
    const first = fields.filter((field) => SHOWN_WHEN_USED.has(field) && !used.has(field) && api.getColumn(field));
    if (!first.length) return;
    first.forEach((field) => used.add(field));
    remember(`grid.${name}.used`, [...used]);
    api.setColumnsVisible(first, true);
  };
  return (fields) => {
    show(fields);
    const wider = fields.map((field) => ({ key: field, column: api.getColumn(field), newWidth: Math.min(FITTED.get(field) ?? WIDEST, Math.ceil(width(digits.longest(field)) + PADDING)) }))
      .filter(({ column, newWidth }) => column && column.getActualWidth() < newWidth);
    if (wider.length) api.setColumnWidths(wider.map(({ key, newWidth }) => ({ key, newWidth })));
  };
}

export const isFitted = ({ field }) => FITTED.has(field);
