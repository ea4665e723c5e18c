// What the counterparty answers to the messages that were composed here: asked for when something comes in, newest message first.
import { effect, signal } from '../lib.js';
import { rest } from '../net/rest.js';
import { log } from './log.js';

const HELD = 10;
const SETTLE_MS = 150; // the desk stores a message a moment after it is told live
const LATER_MS = 1000; // how often at most once there is an answer: more may follow
const EVERY_MS = 2000; // also without an event: the page may have lost the desk for a while
const PATIENCE_MS = 120_000;

export const sent = signal([]); // [{message_id, msg_seq_num, raw, name, session_name, at, answers: [Message], waiting, fault}]

let timer = null;

export function watchAnswers(message) {
  const stored = message.message_id !== null;
  const fault = stored ? null : 'It was sent, but the desk could not store it: look for its answers in the log.';
  sent.value = [{ ...message, since: performance.now(), answers: [], waiting: stored, fault }, ...sent.value].slice(0, HELD);
  if (!stored) return;
  look();
  // When it went, by the engine's clock and not by this one's.
  rest.message(message.message_id).then(({ at }) => put(message.message_id, { at, timed: true }), () => {});
}

const awaited = (one) => performance.now() - one.since < PATIENCE_MS;

async function look() {
  clearTimeout(timer);
  timer = null;
  await Promise.all(sent.value.filter((one) => one.message_id !== null && awaited(one)).map(ask));
  if (sent.value.some((one) => one.waiting && awaited(one))) timer ??= setTimeout(look, EVERY_MS);
}

function put(id, change) {
  sent.value = sent.value.map((one) => (one.message_id === id ? { ...one, ...change } : one));
}

async function ask({ message_id: id }) {
  await rest.answers(id).then(
    ({ messages, waiting }) => put(id, { answers: messages, waiting, fault: null }),
    (problem) => put(id, { fault: problem.text }),
  );
}

let soon = null;
effect(() => {
  log.version.value;
  if (soon || !sent.peek().some(awaited)) return;
  soon = setTimeout(() => {
    soon = null;
    look();
  }, sent.peek().some((one) => one.waiting && awaited(one)) ? SETTLE_MS : LATER_MS);
});
