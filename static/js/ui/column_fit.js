// Columns as wide as their heading and what stands in them need, for a number that is cut reads like another; and columns that show themselves when an
// order first has something in them.
import { recall, remember } from '../state/prefs.js';

const PADDING = 16;
const SORTED = 22; // the arrow in the heading
const WIDEST = 200;
// Texts, and how wide they may make their column.
const FITTED = new Map([['symbol', 130], ['side', 130], ['ord_type', 130], ['status', 230], ['account', 120], ['session_name', 130], ['time_in_force', 70]]);
const BOLD = new Set(['symbol', 'side']);
const SHOWN_WHEN_USED = new Map([['stop_px', ({ price }) => Boolean(price)], ['account', () => true]]); // a stop without a limit stands among the prices

function measure(box, size, weight = 600) {
  const canvas = document.createElement('canvas').getContext('2d');
  canvas.font = `${weight} ${size}px ${getComputedStyle(box).fontFamily}`;
  return (text) => canvas.measureText(text).width;
}

// The definitions, with widths that their headings need at least; what they say themselves is for their contents.
export function withHeadings(columns, box) {
  const width = measure(box, 12);
  return columns.map((column) => {
    if (!column.headerName || column.flex) return column;
    const words = column.headerValueGetter?.() ?? column.headerName;
    return { ...column, width: Math.max(column.width ?? 0, Math.ceil(width(words)) + PADDING + (column.sort ? SORTED : 0)) };
  });
}

// name: the grid's; digits: what stands in its columns. Answers a function that takes the fields that grew.
export function fitting(api, box, name, digits) {
  const [bold, plain] = [measure(box, 13), measure(box, 13, 400)];
  const width = (field) => (BOLD.has(field) ? bold : plain)(digits.longest(field));
  const used = new Set(recall(`grid.${name}.used`, []));
  const show = () => {
    const first = [...digits.used].filter((field) => !used.has(field) && api.getColumn(field) && !api.getColumn('card'));
    if (!first.length) return;
    first.forEach((field) => used.add(field));
    remember(`grid.${name}.used`, [...used]);
    api.setColumnsVisible(first, true);
  };
  return (fields) => {
    show();
    const wider = fields.map((field) => ({ key: field, column: api.getColumn(field), newWidth: Math.min(FITTED.get(field) ?? WIDEST, Math.ceil(width(field) + PADDING)) }))
      .filter(({ column, newWidth }) => column && column.getActualWidth() < newWidth);
    if (wider.length) api.setColumnWidths(wider.map(({ key, newWidth }) => ({ key, newWidth })));
  };
}

export const idOf = ({ colId, field }) => colId ?? field;
export const isFitted = (column) => FITTED.has(idOf(column));
export const usesOf = (columns) => columns.map(idOf).filter((id) => SHOWN_WHEN_USED.has(id)).map((id) => [id, SHOWN_WHEN_USED.get(id)]);
