// All results as CSV, by the desk: the blotter's filters as far as the REST interface has them.
const TEXTS = { equals: (value) => [['', escaped(value)]], startsWith: (value) => [['_prefix', value]] };
const NUMBERS = {
  equals: ({ filter }) => [['', filter]],
  greaterThanOrEqual: ({ filter }) => [['_min', filter]],
  lessThanOrEqual: ({ filter }) => [['_max', filter]],
  inRange: ({ filter, filterTo }) => [['_min', filter], ['_max', filterTo]],
};
const TEXT_COLUMNS = new Set(['session_name', 'cl_ord_id', 'orig_cl_ord_id', 'order_id', 'account', 'symbol', 'exec_id', 'exec_ref_id']);

const escaped = (value) => value.replaceAll(',', '\\,');

function wordsOf(column, model) {
  if (model.operator || !model.type) return null;
  if (model.filterType === 'number') return NUMBERS[model.type]?.(model) ?? null;
  if (!TEXT_COLUMNS.has(column) || !model.filter) return null;
  return TEXTS[model.type]?.(model.filter) ?? null;
}

// {path, left}: the address of the file, and the columns whose filter can't be said there.
export function exportOf(subject, { filters = {}, text = '', open = false }) {
  const words = new URLSearchParams();
  const left = [];
  for (const [column, model] of Object.entries(filters ?? {})) {
    const said = wordsOf(column, model);
    if (said === null) left.push(column);
    else for (const [ending, value] of said) words.set(column + ending, value);
  }
  if (text.trim()) words.set('text', text.trim().slice(0, 200));
  if (open) words.set('is_open', 'true');
  return { path: `/api/${subject}.csv${words.size ? `?${words}` : ''}`, left };
}
