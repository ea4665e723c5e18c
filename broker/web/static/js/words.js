// Numbers and names as a person reads them.
import { showDecimal } from '/shared/js/fix/decimal.js';
import { msgTypeName, words } from '/shared/js/fix/names.js';

export const whole = (number) => showDecimal(String(Math.round(number ?? 0)));
export const price = (text) => showDecimal(text ?? '', 2);
export const typeName = (code) => `${msgTypeName(code)} (${code})`;
export const sentence = words;
export const numeral = (text) => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text);

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'];

export function bytes(count) {
  let [value, unit] = [count, 0];
  while (value >= 1000 && unit < UNITS.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${unit && value < 100 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}

export function lasting(seconds) {
  const [days, hours, minutes] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
  if (days) return `${days} d ${hours} h`;
  if (hours) return `${hours} h ${minutes} min`;
  return minutes ? `${minutes} min ${Math.floor(seconds % 60)} s` : `${Math.floor(seconds)} s`;
}
