// Which fields an order's type, time in force or side asks for beside the usual ones (FIX 4.2 and 4.4, NewOrderSingle).
// keys: the first one that the session's dictionary has. must: the order is refused without it. only: the values that make sense here.
const PEGS = 'R P M L O W T a d';

const TABLE = [
  { when: { ord_type: '2 4 7 8 B F' }, keys: ['price'], must: true },
  { when: { ord_type: '6 9 D E G H I J P' }, keys: ['price'] },
  { when: { ord_type: '3 4' }, keys: ['stop_px'], must: true },
  { when: { ord_type: 'J' }, keys: ['stop_px'] },
  { when: { ord_type: 'P' }, keys: ['exec_inst'], label: 'Pegged to', only: PEGS, must: true },
  { when: { ord_type: 'P' }, keys: ['peg_difference', 'peg_offset_value'], label: 'Offset', numeric: true, signed: true },
  { when: { ord_type: 'D G H' }, keys: ['quote_id'], label: 'Quote', must: true },
  { when: { ord_type: 'E' }, keys: ['ioi_id'], label: 'Indication', must: true },
  { when: { side: '5 6' }, keys: ['locate_reqd'], label: 'Locate needed', hint: 'FIX asks for it when you sell short.' },
];

const fits = (when, form) => Object.entries(when).every(([key, codes]) => codes.split(' ').includes(form[key]));

// specs: Map of key to the dictionary's field, or null while it is not there; then only prices are known to be needed.
export const needsOf = (form, specs) => TABLE.filter((row) => fits(row.when, form)).map((row) => {
  const key = row.keys.find((one) => specs?.has(one)) ?? (specs ? null : row.keys[0]);
  return { ...row, key, spec: specs?.get(key) };
}).filter(({ key, spec }) => spec || key === 'price' || key === 'stop_px');

export const isGoodTillDate = (form) => form.time_in_force === '6';

// The day and the time of an expiry, as a person gives them, are one of two fields: ExpireDate(432) is a day of the market's,
// ExpireTime(126) a moment in UTC.
export function expiryFields(day, at) {
  const date = day.replaceAll('-', '');
  if (!date) return {};
  return at ? { expire_time: `${date}-${at.length === 5 ? `${at}:00` : at}` } : { expire_date: date };
}

const dashed = (date) => `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}`;

// The reverse, out of an order's fields.
export function expiryOf(fields) {
  const time = String(fields?.expire_time ?? '');
  if (/^\d{8}-\d\d:\d\d/.test(time)) return { expires_day: dashed(time), expires_at: time.slice(9, 17) };
  const date = String(fields?.expire_date ?? '');
  return { expires_day: /^\d{8}$/.test(date) ? dashed(date) : '', expires_at: '' };
}

// Further fields that are often wanted: one press adds them.
export const OFTEN = [
  { label: 'Iceberg', keys: ['display_qty', 'max_floor'] },
  { label: 'Allocations', keys: ['no_allocs'] },
  { label: 'Parties', keys: ['no_party_ids'] },
  { label: 'ExecInst', keys: ['exec_inst'] },
  { label: 'Capacity', keys: ['order_capacity', 'rule80a'] },
];
