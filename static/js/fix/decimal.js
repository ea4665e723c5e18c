// Decimals are strings as the desk sends them; nothing here makes a money amount of a float.
const PATTERN = /^[+-]?(\d+(\.\d*)?|\.\d+)$/;

export const isDecimal = (text) => PATTERN.test(text);

// "100", "0.010" -> [integer digits, fraction digits] without sign
function parts(text) {
  const [whole, fraction = ''] = text.replace(/^[+-]/, '').split('.');
  return [whole.replace(/^0+(?=\d)/, '') || '0', fraction];
}

export const isPositive = (text) => isDecimal(text) && !text.startsWith('-') && /[1-9]/.test(text);

export const sameDecimal = (a, b) => compareDecimals(a, b) === 0;

// "231.50", "0231.5" -> "231.5": one spelling for one number
export function plain(text) {
  const [whole, fraction] = parts(text);
  const kept = fraction.replace(/0+$/, '');
  const sign = text.startsWith('-') && /[1-9]/.test(text) ? '-' : '';
  return sign + whole + (kept && `.${kept}`);
}

// Exact difference a - b as plain decimal text.
export function minus(a, b) {
  const digits = Math.max(fractionDigits(a), fractionDigits(b));
  return unscaled(scaled(a, digits) - scaled(b, digits), digits);
}

export function plus(a, b) {
  const digits = Math.max(fractionDigits(a), fractionDigits(b));
  return unscaled(scaled(a, digits) + scaled(b, digits), digits);
}

// The greatest step in which one comes from each of the numbers to each other; "0" where they are all the same.
export function commonStep(numbers) {
  const digits = Math.max(0, ...numbers.map(fractionDigits));
  const [first, ...rest] = numbers.map((one) => scaled(one, digits));
  const step = rest.reduce((found, one) => divisor(found, one > first ? one - first : first - one), 0n);
  return unscaled(step, digits);
}

const divisor = (a, b) => (b ? divisor(b, a % b) : a);

// The digits of a fraction filled up with zeros: "231.5", 2 -> "231.50"
export function withDigits(text, least) {
  const [whole, fraction] = text.split('.');
  return (fraction ?? '').length >= least ? text : `${whole}.${(fraction ?? '').padEnd(least, '0')}`;
}

function unscaled(value, digits) {
  const text = String(value < 0n ? -value : value).padStart(digits + 1, '0');
  return plain((value < 0n ? '-' : '') + text.slice(0, text.length - digits) + (digits ? `.${text.slice(-digits)}` : ''));
}

// Exact sum of decimal strings as plain decimal text.
export const sum = (texts) => texts.reduce(plus, '0');

// Exact order of two decimal strings; null and '' come first.
export function compareDecimals(a, b) {
  const [noA, noB] = [a === null || a === undefined || a === '', b === null || b === undefined || b === ''];
  if (noA || noB) return Number(noB) - Number(noA);
  const digits = Math.max(fractionDigits(a), fractionDigits(b));
  const [x, y] = [scaled(a, digits), scaled(b, digits)];
  return x < y ? -1 : Number(x > y);
}

function scaled(text, digits) {
  const [whole, fraction] = parts(text);
  const value = BigInt(whole + fraction.padEnd(digits, '0'));
  return text.startsWith('-') ? -value : value;
}

// At most `most` digits after the point, the last one rounded half away from zero.
export function rounded(text, most) {
  if (!isDecimal(text ?? '') || fractionDigits(text) <= most) return text;
  const value = scaled(text, fractionDigits(text));
  const cut = 10n ** BigInt(fractionDigits(text) - most);
  const size = (value < 0n ? -value : value) + cut / 2n;
  const digits = String(size / cut).padStart(most + 1, '0');
  const sign = value < 0n && size >= cut ? '-' : '';
  return sign + digits.slice(0, digits.length - most) + (most ? `.${digits.slice(-most)}` : '');
}

export const fractionDigits = (text) => parts(String(text))[1].length;

const FIGURE_SPACE = '\u2007';
const POINT_SPACE = '\u2008';

// "1234.5" -> "1,234.50": at least `least` digits after the point, and blanks as wide as digits up to `width`, so that a
// right-aligned column stands on its decimal point.
export function showDecimal(text, least = 0, width = least) {
  if (text === null || text === undefined || text === '') return '';
  if (!isDecimal(text)) return text;
  const [whole, fraction] = parts(text);
  const digits = fraction.padEnd(least, '0');
  const sign = text.startsWith('-') ? '−' : '';
  const blanks = width > digits.length ? (digits ? '' : POINT_SPACE) + FIGURE_SPACE.repeat(width - digits.length) : '';
  return sign + whole.replace(/\B(?=(\d{3})+$)/g, ',') + (digits && `.${digits}`) + blanks;
}
