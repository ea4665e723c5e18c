// An order in one line, as traders say it: "b 100 AAPL 230.5 ACC1", "s 50 msft mkt", "b 1k AAPL stp 229", "ss 100 TSLA 240 ioc 111=20".
import { isPositive } from './decimal.js';
import { ORD_TYPES, SIDES, TIFS } from './names.js';
import { needsOf } from './order_needs.js';

const QUANTITY = /^(\d[\d,]*(?:\.\d+)?|\.\d+)([km]?)$/i;
const PRICE = /^@?(\d+(?:\.\d+)?|\.\d+)$/;
const DAY = /^\d{4}-\d\d-\d\d$/;
const ZEROS = { k: 3, m: 6 };

// "1.5k" -> "1500", "1,000" -> "1000"
export function quantityOf(text) {
  const [, number, times] = QUANTITY.exec(text);
  const [whole, fraction = ''] = number.replaceAll(',', '').split('.');
  const zeros = ZEROS[times.toLowerCase()] ?? 0;
  const moved = fraction.padEnd(zeros, '0');
  const left = moved.slice(zeros).replace(/0+$/, '');
  return `${(whole + moved.slice(0, zeros)).replace(/^0+(?=\d)/, '') || '0'}${left && `.${left}`}`;
}

const shortOf = (rows, text) => rows.find(({ short }) => short.includes(text.toLowerCase()));

// known: {sides, ordTypes, tifs}: the rows that the session's dictionary allows; fieldOf(name): its field of that name or tag, if any; own: the names of values.
// Answers {values, extras: [[name, value]], unknown: [[word, why]]}: values by the names of the ticket's fields.
export function parseOrder(text, known) {
  const words = text.trim().split(/\s+/).filter(Boolean);
  const found = { values: {}, extras: [], unknown: [], stops: [], limits: [], types: [] };
  if (!words.length) return found;
  const rest = head(words, known, found);
  rest.forEach((word) => take(word, known, found));
  price(known, found);
  return found;
}

// Side, then quantity and symbol in either order. What stands there is taken for them, for S, M and DAY are symbols, too.
function head([first, ...words], known, found) {
  const side = shortOf(SIDES, first);
  if (!side) found.unknown.push([first, 'a line begins with b, s or ss']);
  else if (!known.sides.some(({ code }) => code === side.code)) found.unknown.push([first, 'the session’s dictionary has no such side']);
  else found.values.side = side.code;
  const [one, two] = words;
  if (one === undefined) return [];
  if (QUANTITY.test(one) || one.startsWith('-')) {
    quantity(one, found);
    if (two !== undefined) found.values.symbol = two;
    return words.slice(2);
  }
  found.values.symbol = one;
  if (two === undefined || !QUANTITY.test(two)) return words.slice(1);
  quantity(two, found);
  return words.slice(2);
}

function quantity(word, found) {
  const qty = QUANTITY.test(word) ? quantityOf(word) : '0';
  if (isPositive(qty)) found.values.order_qty = qty;
  else found.unknown.push([word, 'a quantity is above 0']);
}

function take(word, known, found) {
  const [type, tif, number] = [shortOf(ORD_TYPES, word), shortOf(TIFS, word), PRICE.exec(word)];
  const equals = word.indexOf('=');
  if (number) (found.types.at(-1) === '3' && !found.stops.length ? found.stops : found.limits).push(number[1].replace(/^\./, '0.'));
  else if (type && !known.ordTypes.some(({ code }) => code === type.code)) found.unknown.push([word, `${type.label}: the session’s dictionary has no such type`]);
  else if (type) found.types.push(type.code);
  else if (tif && !known.tifs.some(({ code }) => code === tif.code)) found.unknown.push([word, `${tif.label}: the session’s dictionary has no such time in force`]);
  else if (tif && found.values.time_in_force) found.unknown.push([word, 'a second time in force']);
  else if (tif) found.values.time_in_force = tif.code;
  else if (DAY.test(word)) Object.assign(found.values, { time_in_force: '6', expires_day: word });
  else if (equals > 0) field(word.slice(0, equals), word.slice(equals + 1), known, found);
  else if (found.values.account) found.unknown.push([word, `the account is ${found.values.account} already`]);
  else found.values.account = word;
}

function field(name, value, known, found) {
  const spec = known.fieldOf(name);
  if (!value) found.unknown.push([`${name}=`, 'without a value']);
  else if (spec && known.own.includes(spec.key)) found.values[spec.key] = value;
  else if (spec || /^[1-9]\d{0,8}$/.test(name)) found.extras.push([name, value]);
  else found.unknown.push([`${name}=${value}`, `${name} is no field of the order`]);
}

// A stop with a limit beside it is a stop limit: "stp 229 228", "sl 229 228", "stp 229 lmt 228".
function price(known, found) {
  const { types, stops, limits, values, unknown } = found;
  const kinds = [...new Set(types)];
  let type = kinds[0] ?? '2';
  if (kinds.length === 2 && kinds.includes('2') && kinds.includes('3')) type = '4';
  else if (kinds.length > 1) unknown.push([ORD_TYPES.find(({ code }) => code === kinds[1]).label, 'a second type']);
  if (type === '3' && limits.length) type = '4';
  if (type === '4' && !stops.length && limits.length) stops.push(limits.shift());
  const takes = needsOf({ ...values, ord_type: type }, null).map(({ key }) => key);
  if (kinds.length) values.ord_type = type;
  for (const [key, numbers] of [['stop_px', stops], ['price', limits]]) {
    if (!numbers.length) continue;
    if (takes.includes(key) && isPositive(numbers[0])) values[key] = numbers.shift();
    numbers.forEach((one) => unknown.push([one, takes.includes(key) ? 'a price too many' : 'this type has no such price']));
  }
}
