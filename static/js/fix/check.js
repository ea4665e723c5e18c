// What a value of a field may be, as far as it can be told while it is typed. The desk checks against the dictionary.
import { isGroup, specOf } from './form.js';

const SET_BY_ENGINE = new Set([8, 9, 10, 34, 35, 43, 49, 50, 52, 56, 57, 97, 122, 369]);
const SET_BY_DESK = new Set([11, 60]);
const LONGEST = 1000;

const SHAPES = {
  INT: [/^-?\d+$/, 'A whole number.'],
  NUMINGROUP: [/^\d+$/, 'A whole number.'],
  LENGTH: [/^\d+$/, 'A whole number.'],
  SEQNUM: [/^\d+$/, 'A whole number.'],
  QTY: [/^-?\d+(\.\d+)?$/, 'A number.'],
  PRICE: [/^-?\d+(\.\d+)?$/, 'A number.'],
  PRICEOFFSET: [/^-?\d+(\.\d+)?$/, 'A number.'],
  AMT: [/^-?\d+(\.\d+)?$/, 'A number.'],
  FLOAT: [/^-?\d+(\.\d+)?$/, 'A number.'],
  PERCENTAGE: [/^-?\d+(\.\d+)?$/, 'A number.'],
  CHAR: [/^.$/u, 'One character.'],
  BOOLEAN: [/^[YN]$/, 'Y or N.'],
  LOCALMKTDATE: [/^\d{8}$/, 'A date as YYYYMMDD.'],
  UTCDATEONLY: [/^\d{8}$/, 'A date as YYYYMMDD.'],
  UTCDATE: [/^\d{8}$/, 'A date as YYYYMMDD.'],
  UTCTIMESTAMP: [/^\d{8}-\d\d:\d\d:\d\d(\.\d{1,9})?$/, 'UTC as YYYYMMDD-HH:MM:SS.'],
  UTCTIMEONLY: [/^\d\d:\d\d:\d\d(\.\d{1,9})?$/, 'UTC as HH:MM:SS.'],
  MONTHYEAR: [/^\d{6}(\d\d|w\d)?$/, 'A month as YYYYMM.'],
  CURRENCY: [/^[A-Z]{3}$/, 'Three capital letters, such as USD.'],
};

// null when fine, else what is wrong, in words.
export function checkText(text) {
  if (/[\u0000-\u001f\u007f]/.test(text)) return 'No line breaks or control characters.';
  if (/[^\u0000-\u00ff]/.test(text)) return 'Only Latin-1 characters can be sent.';
  return text.length > LONGEST ? `At most ${LONGEST} characters.` : null;
}

// What is wrong in the entries of a group, as [[place, message]] with places such as "2. AllocShares".
export function checkEntries(entries, group) {
  if (!entries.length) return [['entries', 'At least one.']];
  return entries.flatMap((entry, at) => checkEntry(entry, group).map(([name, message]) => [`${at + 1}. ${name}`, message]));
}

function checkEntry({ fields }, group) {
  const given = fields.filter((field) => field.value !== '' || field.entries.length);
  const first = group.fields[0];
  const missing = group.fields.filter((spec) => (spec === first || spec.required) && !given.some((field) => specOf([spec], field.name)));
  return [
    ...missing.map((spec) => [spec.name, spec === first ? 'Each entry begins with it.' : 'It is required.']),
    ...given.flatMap((field) => {
      const spec = specOf(group.fields, field.name);
      if (!spec) return [[field.name, `It is not a field of ${group.name}.`]];
      if (isGroup(spec)) return checkEntries(field.entries, spec).map(([place, message]) => [`${spec.name} ${place}`, message]);
      const message = checkField(spec, field.name, field.value);
      return message ? [[spec.name, message]] : [];
    }),
  ];
}

// field: the dictionary's, or undefined for a tag that it does not list
export function checkField(field, name, value) {
  const tag = field?.tag ?? Number(name);
  if (SET_BY_ENGINE.has(tag)) return 'The engine sets this field.';
  if (SET_BY_DESK.has(tag)) return 'The desk sets this field.';
  if (value === '') return 'Which value?';
  const bad = checkText(value);
  if (bad || !field) return bad;
  if (field.values.length && !field.type.startsWith('MULTIPLE')) {
    return field.values.some((one) => one.value === value) ? null : `One of ${field.values.map((one) => one.value).join(', ')}.`;
  }
  const shape = SHAPES[field.type];
  return shape && !shape[0].test(value) ? shape[1] : null;
}
