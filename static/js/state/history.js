// A search over all stored messages: what is asked for, and the pages that were found. Nothing of it is live.
import { signal } from '../lib.js';
import { learnMsgType } from '../fix/names.js';
import { deskNow } from '../net/clock.js';
import { withQuery } from '../net/http.js';
import { rest } from '../net/rest.js';

const PAGE = 200;
export const MOST = 5000;

// from and to are ISO times; q is the line that a person types.
export const NOTHING = { q: '', session: '', direction: '', type: '', from: '', to: '' };
export const asked = signal(NOTHING);
// state: 'idle', 'busy', 'done' or 'fault'
export const found = signal({ state: 'idle', rows: [], next: null, at: null, fault: '' });

const WORD = /(?:[^\s"]+|"[^"]*"?)+/g;
const FIELD = /^(\d+|[A-Za-z]\w*)(?:([:=~])(.*))$/s;
const bare = (text) => text.replaceAll('"', '');

// "55:AAPL 58~"too late" limit" -> {tag: ['55:AAPL', '58~too late'], text: 'limit'}; 58:* asks only that the field is there
export function understood(line) {
  const tag = [];
  const text = [];
  for (const word of line.match(WORD) ?? []) {
    const field = word.startsWith('"') ? null : word.match(FIELD);
    if (!field) text.push(bare(word));
    else if (field[3] === '*') tag.push(field[1]);
    else tag.push(`${field[1]}${field[2] === '~' ? '~' : ':'}${bare(field[3])}`);
  }
  return { tag, text: text.join(' ') };
}

const queryOf = (form) => {
  const { tag, text } = understood(form.q);
  return { tag, text, session_name: form.session, direction: form.direction || (tag.length ? 'IN,OUT' : 'IN,OUT,EVENT'), msg_type: form.type, from: form.from, to: form.to };
};

export const csvPath = (form) => withQuery('/api/messages.csv', queryOf(form));

let turn = 0;

const lineOf = (row) => {
  learnMsgType(row.msg_type, row.msg_type_name);
  return { ...row, key: `#${row.id}`, text: row.direction === 'EVENT' ? row.raw : null };
};

async function load(form, cursor, before) {
  const mine = ++turn;
  found.value = { ...before, state: 'busy' };
  try {
    const answer = await rest.messages({ ...queryOf(form), limit: PAGE, cursor });
    if (mine !== turn) return;
    found.value = { ...before, state: 'done', rows: [...before.rows, ...answer.messages.map(lineOf)], next: answer.next_cursor, form };
  } catch (problem) {
    if (mine === turn) found.value = { ...before, state: 'fault', fault: problem.text };
  }
}

export const search = () => load(asked.value, null, { state: 'idle', rows: [], next: null, at: new Date(deskNow()), fault: '' });

export const more = () => load(found.value.form, found.value.next, found.value);

export function forget() {
  turn += 1;
  found.value = { state: 'idle', rows: [], next: null, at: null, fault: '' };
}
