// Limits by session, account and user: what they are called, how they are written, and what is being changed.
import { signal } from '../lib.js';

export const limitsOpen = signal(false);

const text = (key, label, more = {}) => ({ key, label, kind: 'text', ...more });
export const LIMITS = [
  text('max_order_qty', 'Quantity of an order'),
  text('max_notional', 'Worth of an order'),
  text('max_orders_per_second', 'Orders a second'),
  text('duplicate_seconds', 'The same order again, within seconds'),
  text('max_net_position', 'Net position in a symbol'),
  text('max_gross_position', 'Gross position in a symbol'),
  text('max_position_notional', 'Worth of a position'),
  text('max_daily_turnover', 'Turnover of the day'),
  text('max_open_orders', 'Open orders'),
  text('price_collar_percent.buy', 'Price collar to buy, %'),
  text('price_collar_percent.sell', 'Price collar to sell, %'),
  text('price_max_age_seconds', 'Oldest last price, seconds', { hint: '300' }),
  { key: 'price_collar_without_price', label: 'Without a last price', kind: 'choice', options: [['', 'refuse'], ['pass', 'let it pass']] },
  { key: 'short_sales', label: 'Short sales', kind: 'choice', options: [['', 'allowed'], ['locate_required', 'with a locate'], ['forbid', 'forbidden']] },
  { key: 'price_collar_both_sides', label: 'Collar for passive prices, too', kind: 'flag' },
  { key: 'forbid_oversell', label: 'No sale of more than is held', kind: 'flag' },
  { key: 'symbols', label: 'Only these symbols', kind: 'list', wide: true },
  { key: 'blocked_symbols', label: 'Not these symbols', kind: 'list', wide: true },
  text('trading_hours.timezone', 'Trading hours: time zone', { hint: 'America/New_York' }),
  text('trading_hours.open_time', 'From', { hint: '09:30' }),
  text('trading_hours.close_time', 'To', { hint: '16:00' }),
  { key: 'trading_hours.days_of_week', label: 'On', kind: 'list', hint: 'monday, tuesday, … friday' },
  { key: 'trading_hours.holidays', label: 'But not on', kind: 'list', hint: '2026-12-25', wide: true },
];
const LABELS = new Map(LIMITS.map(({ key, label }) => [key, label]));

export const labelOf = (key) => LABELS.get(key) ?? key;

const NAMED = new Map([...LIMITS.filter(({ key }) => key.includes('_') && !key.includes('.')).map(({ key, label }) => [key, label]),
  ['price_collar_percent', 'Price collar, %'], ['trading_hours', 'Trading hours']]);

// What the desk says about limits, with their names as they are called here.
export const withLabels = (words) => words.replace(/\b[a-z]+(?:_[a-z]+)+\b/g, (name) => (NAMED.has(name) ? `“${NAMED.get(name)}”` : name));

export const ofDesk = ({ session_name: session, account, user }) => !session && !account && !user;
export const whoseOf = ({ session_name: session, account, user }) => [account && `Account ${account}`, user && `User ${user}`, session && `Session ${session}`].filter(Boolean).join(' · ') || 'The whole desk';

const written = (value) => (Array.isArray(value) ? value.join(', ') : String(value));

// Limits as the desk writes them, as the values of fields.
export function valuesOf(limits) {
  const values = {};
  for (const [key, value] of Object.entries(limits)) {
    if (key === 'price_collar_percent' && typeof value !== 'object') {
      values[`${key}.buy`] = written(value);
      values[`${key}.sell`] = written(value);
    } else if (value && typeof value === 'object' && !Array.isArray(value)) {
      for (const [part, one] of Object.entries(value)) values[`${key}.${part}`] = written(one);
    } else {
      values[key] = value === true ? true : written(value);
    }
  }
  return values;
}

const listOf = (words) => words.split(',').map((word) => word.trim()).filter(Boolean);

// The other way round; the desk checks what it gets.
export function limitsOf(values) {
  const limits = {};
  for (const { key, kind } of LIMITS) {
    const value = values[key];
    if (value === undefined || value === false || !String(value).trim()) continue;
    const [name, part] = key.split('.');
    const one = kind === 'list' ? listOf(value) : kind === 'flag' ? true : String(value).trim();
    if (part) limits[name] = { ...limits[name], [part]: one };
    else limits[name] = one;
  }
  return limits;
}

// What is set, in words, but for what has a bar of its own.
export function wordsOf(limits, measured) {
  const values = valuesOf(limits);
  return LIMITS.filter(({ key }) => values[key] && !measured.has(key)).map(({ key, kind, options, label }) => {
    const value = values[key];
    if (kind === 'flag') return [label, 'yes'];
    if (kind === 'choice') return [label, options.find(([one]) => one === value)?.[1] ?? value];
    return [label, value];
  });
}
