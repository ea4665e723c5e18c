// What a message says, in a few words made of its fields; and whether it refuses something or was sent before.
import { isDecimal, showDecimal } from './decimal.js';
import { msgTypeName, ordStatusOf, ordTypeLabel, sideLabel, tifLabel } from './names.js';

const READ = 4000; // characters: what matters stands at the front, and a snapshot of the market may be long

// "35=D|55=AAPL|" -> {35: 'D', 55: 'AAPL'}; of a tag that comes several times, the first.
export function fieldsOf(raw) {
  const fields = {};
  for (const part of (raw ?? '').slice(0, READ).split('|')) {
    const at = part.indexOf('=');
    if (at > 0) fields[part.slice(0, at)] ??= part.slice(at + 1);
  }
  return fields;
}

const some = (text) => /[1-9]/.test(text ?? '');
const number = (text) => (isDecimal(text ?? '') ? showDecimal(text) : text ?? '');
const price = (text) => (isDecimal(text ?? '') ? showDecimal(text, 2) : text ?? '');
const join = (...parts) => parts.filter(Boolean).join(' ');
const because = (head, text) => (text ? `${head}: ${text}` : head);
const what = (f) => join(sideLabel(f[54]), number(f[38]), f[55]);

function terms(f) {
  const px = join(some(f[44]) && price(f[44]), some(f[99]) && `stop ${price(f[99])}`);
  const tif = f[59] && f[59] !== '0' ? tifLabel(f[59]).split(' · ')[0] : '';
  return join(what(f), ordTypeLabel(f[40]), px, tif);
}

const filled = (f) => (some(f[14]) ? `, ${number(f[14])} filled` : '');
const fillOf = (f) => join(number(f[32]), f[55], some(f[31]) && `@ ${price(f[31])}`);
const of = (head) => (f) => because(join(head, what(f)) + filled(f), f[58]);

function fill(f) {
  if (!some(f[32])) return of(ordStatusOf(f[39]))(f);
  return f[39] === '2' ? `Filled ${fillOf(f)}` : `Part filled ${fillOf(f)}${some(f[151]) ? `, ${number(f[151])} left` : ''}`;
}

const bust = (f) => because(`Trade cancel of ${f[19] ?? 'a fill'}`, f[58]);
const correction = (f) => because(`Trade correct of ${f[19] ?? 'a fill'}, now ${fillOf(f)}`, f[58]);
const standing = (f) => because(`${join('Status of', what(f) || 'the order')}: ${ordStatusOf(f[39])}${filled(f)}`, f[58]);

// By ExecType(150).
const REPORTS = {
  0: of('New:'), 1: fill, 2: fill, F: fill, 3: of('Done for day:'), 4: of('Canceled:'), 5: of('Replaced:'), 6: of('Pending cancel:'), 7: of('Stopped:'), 8: of('Rejected:'), 9: of('Suspended:'),
  A: of('Pending new:'), C: of('Expired:'), D: of('Restated:'), E: of('Pending replace:'), G: correction, H: bust, I: standing,
};

// FIX 4.2 says by ExecTransType(20) what later versions say by ExecType.
const TRANSACTIONS = { 1: bust, 2: correction, 3: standing };

const report = (f) => (TRANSACTIONS[f[20]] ?? REPORTS[f[150] ?? f[39]] ?? of(ordStatusOf(f[39])))(f);

const fieldNamed = (tag) => (tag ? `, field ${tag}` : '');
const rejected = (f) => because(`Reject of ${f[372] ? msgTypeName(f[372]) : 'a message'}, number ${f[45] ?? '?'}${fieldNamed(f[371])}`, f[58]);
const instrument = (f) => join(f[55], f[58]);

// By MsgType(35).
const MESSAGES = {
  8: report,
  D: terms,
  G: (f) => `Replace by ${terms(f)}`,
  F: (f) => join('Cancel', what(f)),
  H: (f) => join('How stands', join(sideLabel(f[54]), f[55]) || 'an order', '?').replace(' ?', '?'),
  9: (f) => because(`${f[434] === '2' ? 'Replace' : 'Cancel'} refused`, f[58]),
  3: rejected,
  j: (f) => because(`${f[372] ? msgTypeName(f[372]) : 'Message'} refused${f[379] ? ` (${f[379]})` : ''}`, f[58]),
  0: (f) => (f[112] ? `Answers test request ${f[112]}` : 'Heartbeat'),
  1: (f) => `Test request ${f[112] ?? ''}`,
  2: (f) => `Send again from ${f[7]} ${f[16] === '0' ? 'on' : `to ${f[16]}`}`,
  4: (f) => `${f[123] === 'Y' ? 'Gap fill: n' : 'N'}ext number is ${f[36]}`,
  5: (f) => because('Logout', f[58]),
  A: (f) => `Logon, heartbeat every ${f[108]} s${f[141] === 'Y' ? ', numbers begin at 1' : ''}`,
  V: (f) => `${f[263] === '2' ? 'No more market data of' : 'Market data of'} ${f[55] ?? ''}`,
  Y: (f) => because('Market data refused', f[58]),
  AG: (f) => because('Quote refused', f[58]),
  R: (f) => join('Quote of', f[55], '?').replace(' ?', '?'),
  S: (f) => join(f[55], f[132] && `bid ${price(f[132])}`, f[133] && `offer ${price(f[133])}`),
  Q: (f) => because(`Trade ${f[17] ?? ''} not known`, f[58]),
};

const REFUSALS = new Set(['3', 'j', '9', 'Y', 'AG', 'Q']);
const refuses = (f) => REFUSALS.has(f[35]) || (f[35] === '8' && (f[150] === '8' || (f[39] === '8' && f[150] !== 'I')));

const BAD_EVENT = /refused|reject|error|fail|can.t |invalid|timed out|disconnect|mismatch|lost|too (low|high)|wrong|garbled|not understood|not accepted|contradict|unknown|expired|killed|impossible|not (sent|resent|answered)/i;

const known = new WeakMap();

// {words, bad, again}: bad is 'refusal', 'refused' (QuickFIX did not take it), 'event' or null.
export function about(line) {
  if (!known.has(line)) known.set(line, made(line));
  return known.get(line);
}

function made(line) {
  if (line.direction === 'EVENT') return { words: '', bad: BAD_EVENT.test(line.text ?? line.raw ?? '') ? 'event' : null, again: false };
  const f = fieldsOf(line.raw);
  const words = (MESSAGES[f[35]] ?? instrument)(f);
  return { words, bad: line.refused ? 'refused' : refuses(f) ? 'refusal' : null, again: f[43] === 'Y' };
}
