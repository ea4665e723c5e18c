// The data dictionary of each session, message by message, fetched once.
import { batch, effect, signal, untracked } from '../lib.js';
import { learnMsgType } from '../fix/names.js';
import { rest } from '../net/rest.js';
import { sessions } from './desk.js';
import { toast } from './toasts.js';

const AGAIN_AFTER_MS = 5000;

const found = signal({}); // by key: the message with byKey and byTag; null while it is on its way
const messages = signal({}); // by session: [{msg_type, name, sendable, reason}]
const asked = new Map();

const keyOf = (sessionName, msgType) => `${sessionName}\n${msgType}`;

export const dictionaryOf = (sessionName, msgType) => found.value[keyOf(sessionName, msgType)] ?? null;
export const messagesOf = (sessionName) => messages.value[sessionName] ?? null;

// Answers the dictionary of the message, or throws a Problem; asked again after a failure.
export function loadDictionary(sessionName, msgType) {
  return once(keyOf(sessionName, msgType), async (key) => {
    const answer = await rest.dictionary(sessionName, msgType);
    const byKey = new Map(answer.fields.map((field) => [field.key, field]));
    const byTag = new Map(answer.fields.map((field) => [field.tag, field]));
    found.value = { ...found.value, [key]: { ...answer, byKey, byTag } };
    return found.value[key];
  });
}

export function loadMessages(sessionName) {
  return once(sessionName, async () => {
    const answer = await rest.dictionaryMessages(sessionName);
    answer.messages.forEach((one) => learnMsgType(one.msg_type, one.name));
    messages.value = { ...messages.value, [sessionName]: answer.messages };
    return answer.messages;
  });
}

function once(key, work) {
  if (!asked.has(key)) {
    asked.set(key, work(key).catch((problem) => {
      asked.delete(key);
      throw problem;
    }));
  }
  return asked.get(key);
}

// A session whose FIX version was changed has another dictionary.
const versions = new Map();
effect(() => {
  for (const { name, fix_version: version } of sessions.value) {
    if ((versions.get(name) ?? version) !== version) untracked(() => forget(name));
    versions.set(name, version);
  }
});

function forget(name) {
  const others = ([key]) => key !== name && !key.startsWith(`${name}\n`);
  for (const key of [...asked.keys()]) if (!others([key])) asked.delete(key);
  batch(() => {
    found.value = Object.fromEntries(Object.entries(found.value).filter(others));
    messages.value = Object.fromEntries(Object.entries(messages.value).filter(others));
  });
}

// For a form that is of no use without it: says that it failed, and tries again for as long as it is wanted.
export function keepTrying(sessionName, msgType, wanted) {
  loadDictionary(sessionName, msgType).catch((problem) => {
    toast('error', `The dictionary of ${sessionName} could not be loaded`, problem.text);
    setTimeout(() => wanted() && keepTrying(sessionName, msgType, wanted), AGAIN_AFTER_MS);
  });
}
