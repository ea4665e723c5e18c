// A message as a form: fields in a list, where a repeating group holds entries and these hold fields again.
// specs: the dictionary's fields of one level, [{tag, name, key, type, required, values, fields: [...] | null}].
import { NEW_EACH_TIME } from './pasted.js';

let nextId = 1;

export const isGroup = (spec) => Array.isArray(spec?.fields);

// By tag number, by FIX name or by key, in any case; undefined for what the dictionary does not list.
export function specOf(specs, name) {
  const text = name.trim();
  if (!specs || !text) return undefined;
  if (/^\d+$/.test(text)) return specs.find((spec) => spec.tag === Number(text));
  const lower = text.toLowerCase();
  return specs.find((spec) => spec.key === lower || spec.name.toLowerCase() === lower);
}

export const newField = (name, value = '', entries = []) => ({ id: nextId++, name, value, entries });

// The first field of a group begins each entry, so that it is always there.
const USUAL_IN = { no_orders: 'symbol side order_qty ord_type price', no_allocs: 'alloc_qty alloc_shares', no_legs: 'leg_symbol leg_side leg_ratio_qty leg_price', no_party_ids: 'party_id_source party_role' };
const entryStart = (spec) => spec.fields.filter((one, at) => at === 0 || one.required || USUAL_IN[spec.key]?.split(' ').includes(one.key));
export const newEntry = (spec) => ({
  id: nextId++,
  fields: entryStart(spec).map((one) => newField(one.name)),
});

// What names one order is not copied with it.
export const copyEntry = (entry, spec) => ({ id: nextId++, fields: entry.fields.map((field) => copyField(field, specOf(spec.fields, field.name))) });
const copyField = (field, spec) => newField(field.name, spec && NEW_EACH_TIME.has(spec.key) ? '' : field.value, field.entries.map((entry) => copyEntry(entry, spec)));

// The list with another value in each field that must be new for each message, at any depth; make(key, value) answers it.
export const renewed = (list, specs, make) => list.map((field) => {
  const spec = specOf(specs, field.name);
  if (isGroup(spec)) return { ...field, entries: field.entries.map((entry) => ({ ...entry, fields: renewed(entry.fields, spec.fields, make) })) };
  return spec && NEW_EACH_TIME.has(spec.key) ? { ...field, value: make(spec.key, field.value) } : field;
});

// What a message is of little use without, though the dictionary does not require it.
const USUAL = {
  D: 'symbol side order_qty ord_type price time_in_force', G: 'orig_cl_ord_id symbol side order_qty ord_type price', F: 'orig_cl_ord_id symbol side order_qty', H: 'symbol side',
  E: 'no_orders', AB: 'symbol side order_qty ord_type price no_legs', AC: 'orig_cl_ord_id symbol side order_qty ord_type price no_legs', R: 'no_related_sym', V: 'no_md_entry_types no_related_sym', J: 'no_orders no_allocs',
};

const expected = (msgType, specs) => {
  const usual = new Set(USUAL[msgType]?.split(' '));
  return specs.filter((spec) => spec.required || usual.has(spec.key));
};

export const blankForm = (msgType, specs) => expected(msgType, specs).map((spec) => newField(spec.name, '', isGroup(spec) ? [newEntry(spec)] : []));

export const pathOf = (specs, field, at = '') => {
  const spec = specOf(specs, field.name);
  if (spec) return at + spec.key;
  return at ? at + field.name.trim() : `custom_tags.${field.name.trim()}`;
};

// What goes to the desk: {fields: {key: value | [{...}]}, custom_tags: {tag: value}}. What is empty is left out.
export function toBody(list, specs) {
  const [fields, tags] = [{}, {}];
  for (const field of list) {
    const spec = specOf(specs, field.name);
    if (isGroup(spec)) {
      if (spec.required ? field.entries.length : field.entries.some(hasValue)) fields[spec.key] = field.entries.map((entry) => entryBody(entry, spec));
    } else if (field.value !== '' && field.name.trim()) {
      (spec ? fields : tags)[spec?.key ?? field.name.trim()] = field.value;
    }
  }
  return { fields, custom_tags: tags };
}

const hasValue = (entry) => entry.fields.some((field) => field.value !== '' || field.entries.some(hasValue));

function entryBody(entry, spec) {
  const { fields, custom_tags: strangers } = toBody(entry.fields, spec.fields);
  return { ...strangers, ...fields };
}

// "35=D|55=AAPL|" in the dictionary's order, as far as it is typed: what the desk fills in is not there.
export function toTagValue(msgType, list, specs) {
  return `35=${msgType}|${fieldsText(list, specs)}`;
}

function fieldsText(list, specs) {
  const placed = list.map((field) => [specs.findIndex((spec) => spec === specOf(specs, field.name)), field]);
  const rank = ([at]) => (at < 0 ? specs.length : at);
  return placed.sort((a, b) => rank(a) - rank(b)).map(([at, field]) => {
    const spec = specs[at];
    if (isGroup(spec)) return field.entries.length ? `${spec.tag}=${field.entries.length}|${field.entries.map((entry) => fieldsText(entry.fields, spec.fields)).join('')}` : '';
    return field.value === '' ? '' : `${spec?.tag ?? field.name.trim()}=${field.value}|`;
  }).join('');
}

// The form of such a body: what is expected of the message first, then the rest in the dictionary's order, then what it does not list.
export const fromMessage = (msgType, body, specs) => fromBody(body, specs, expected(msgType, specs));

export function fromBody({ fields = {}, custom_tags: tags = {} }, specs, all = []) {
  const given = new Map(Object.entries(fields).map(([key, value]) => [specOf(specs, key)?.key ?? key, value]));
  const order = [...new Set([...all, ...specs.filter((spec) => given.has(spec.key))])];
  const known = order.map((spec) => fieldOf(spec, given.get(spec.key)));
  const strangers = [...given].filter(([key]) => !specOf(specs, key));
  return [...known, ...strangers.map(([key, value]) => newField(key, shown(value))), ...Object.entries(tags).map(([tag, value]) => newField(tag, shown(value)))];
}

function fieldOf(spec, value) {
  if (!isGroup(spec)) return newField(spec.name, shown(value));
  const entries = Array.isArray(value) ? value : [];
  const found = entries.map((entry) => ({ id: nextId++, fields: fromBody({ fields: entry }, spec.fields, entryStart(spec)) }));
  return newField(spec.name, '', found.length ? found : [newEntry(spec)]);
}

const shown = (value) => (value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value));
