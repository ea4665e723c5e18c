// The raw composer: which message of the session's dictionary, its fields, what the desk says of them, and what came of those that were sent.
import { batch, computed, effect, signal, untracked } from '../lib.js';
import { blankForm, fromMessage, isGroup, newEntry, newField, renewed, specOf, toBody, toTagValue } from '../fix/form.js';
import { freshId, readPasted } from '../fix/pasted.js';
import { deskNow } from '../net/clock.js';
import { rest } from '../net/rest.js';
import { selectedSession, sessions } from './desk.js';
import { dictionaryOf, loadDictionary, loadMessages, messagesOf } from './dictionaries.js';
import { recall, remember, remembered } from './prefs.js';
import { watchAnswers } from './answers.js';

const CHECK_AFTER_MS = 250;
const AGAIN_AFTER_MS = 400;
const HISTORY_HELD = 50;
const NOTHING = { raw: null, errors: [], reason: null };

const draft = recall('composer.draft') ?? {};

export const isOpen = signal(false);
export const sessionName = signal(draft.session_name ?? null);
export const msgType = signal(draft.msg_type ?? '');
export const list = signal(null); // the fields as form.js has them; null while the dictionary is on its way
export const checked = signal(NOTHING); // as the desk said last: {raw, null while there are errors; errors: [{field, message}]; reason, why it can't go now}
export const current = signal(false); // whether that is of what stands there now
export const problem = signal(null); // why the desk could not check or send at all
export const tried = signal(false); // somebody pressed Send: from now on what is missing is a fault
export const sending = signal(false);
export const history = remembered('composer.history', []); // [{at, session_name, msg_type, name, raw, fields, custom_tags}], newest first

export const session = computed(() => sessions.value.find((one) => one.name === sessionName.value) ?? null);
export const messages = computed(() => messagesOf(sessionName.value) ?? []);
export const dictionary = computed(() => dictionaryOf(sessionName.value, msgType.value));
export const errors = computed(() => new Map(checked.value.errors.map((one) => [one.field, one.message])));

// Messages that make or change orders: the desk takes them through its limits, and they stand in the blotter.
const TRADING = new Set(['D', 'F', 'G', 'E', 'AB', 'AC', 's', 't', 'u', 'q', 'K', 'L']);
export const isTrading = computed(() => TRADING.has(msgType.value));

if (!Array.isArray(history.peek())) history.value = [];

// As the desk would write it, or as far as it is typed.
export const preview = computed(() => {
  if (!list.value || !dictionary.value) return '';
  return (current.value && checked.value.raw) || toTagValue(msgType.value, list.value, dictionary.value.fields);
});

export const body = () => toBody(list.value ?? [], dictionary.value?.fields ?? []);

let opening = 0;

// Opens the composer with this message, or with what stood there before. `renew` empties what must be new for each message.
export async function compose({ session_name: name, msg_type: type, fields, custom_tags: tags, renew = false } = {}) {
  const mine = ++opening;
  batch(() => {
    isOpen.value = true;
    const wanted = name ?? sessionName.value;
    sessionName.value = sessions.value.some((one) => one.name === wanted) ? wanted : selectedSession.value?.name ?? null;
    if (type !== undefined) msgType.value = type;
    if (type !== undefined || list.value === null) list.value = null;
    problem.value = null;
    tried.value = false;
  });
  if (!sessionName.value) return;
  loadMessages(sessionName.value).catch((failed) => { problem.value = failed.text; });
  if (!msgType.value) return;
  if (list.value !== null) {
    if (!dictionary.value) await chooseSession(sessionName.value); // its FIX version was changed meanwhile
    return;
  }
  const given = type === undefined ? draft : { fields, custom_tags: tags };
  await fill(given, renew, () => mine === opening);
}

async function fill(given, renew = false, wanted = () => true) {
  try {
    const found = await loadDictionary(sessionName.value, msgType.value);
    if (!wanted()) return;
    const form = fromMessage(msgType.value, given, found.fields);
    list.value = renew ? renewed(form, found.fields, () => '') : form;
  } catch (failed) {
    if (wanted()) problem.value = failed.text ?? String(failed);
  }
}

// Another message of the same kind of work: what both have is kept.
export async function chooseMessage(type) {
  const mine = ++opening;
  const { fields, custom_tags: tags } = body();
  batch(() => {
    msgType.value = type;
    list.value = null;
    checked.value = NOTHING;
    tried.value = false;
    problem.value = null;
  });
  const found = await loadDictionary(sessionName.value, type).catch(() => null);
  const kept = Object.fromEntries(Object.entries(fields).filter(([key]) => specOf(found?.fields, key)));
  await fill({ fields: kept, custom_tags: tags }, false, () => mine === opening);
}

export async function chooseSession(name) {
  const mine = ++opening;
  const given = list.value ? body() : {};
  batch(() => {
    sessionName.value = name;
    list.value = null;
    checked.value = NOTHING;
    problem.value = null;
  });
  loadMessages(name).catch((failed) => { problem.value = failed.text; });
  if (msgType.value) await fill(given, false, () => mine === opening);
}

export function change(next) {
  list.value = next;
}

// A field that the message lacks, by its key. False if the dictionary has none there.
export function addField(key) {
  const spec = dictionary.value?.fields.find((one) => one.key === key);
  if (spec) list.value = [...list.value, newField(spec.name, '', isGroup(spec) ? [newEntry(spec)] : [])];
  return Boolean(spec);
}

export function clear() {
  if (!dictionary.value) return;
  batch(() => {
    list.value = blankForm(msgType.value, dictionary.value.fields);
    tried.value = false;
    problem.value = null;
  });
}

// A pasted message, or one of the log, into the form; throws an Error or a Problem. Answers the tags that were left out.
export async function fillFromText(text, { name = sessionName.value, renew = false } = {}) {
  const { raw, msgType: type, left } = readPasted(text);
  const found = await rest.checkMessage({ session_name: name, raw });
  await compose({ session_name: name, msg_type: type, fields: found.fields, custom_tags: found.custom_tags, renew });
  return left;
}

// "Send again…" of a message that is on screen: the form with all it said, but for what must be new.
export async function sendAgain(line) {
  batch(() => {
    isOpen.value = true;
    problem.value = null;
  });
  try {
    await fillFromText(line.raw, { name: line.session_name, renew: true });
  } catch (failed) {
    problem.value = failed.text ?? failed.message;
  }
}

// Checked by the desk a moment after the last change; an answer that comes late is of no use.
let checking = 0;
effect(() => {
  if (!isOpen.value || !list.value || !dictionary.value) return undefined;
  const mine = ++checking;
  const sent = { session_name: sessionName.value, msg_type: msgType.value, ...toBody(list.value, dictionary.value.fields) };
  untracked(() => {
    current.value = false;
    remember('composer.draft', sent);
  });
  const timer = setTimeout(async () => {
    try {
      const answer = await rest.checkMessage(sent);
      if (mine === checking) batch(() => {
        checked.value = answer;
        current.value = true;
        problem.value = null;
      });
    } catch (failed) {
      if (mine === checking) batch(() => {
        checked.value = { ...NOTHING, errors: failed.errors ?? [] };
        problem.value = failed.text ?? String(failed);
      });
    }
  }, CHECK_AFTER_MS);
  return () => clearTimeout(timer);
});

export async function send() {
  if (sending.value || !dictionary.value) return;
  tried.value = true;
  if (current.value && checked.value.errors.length) {
    problem.value = 'Not sent: see what is missing or wrong.';
    return;
  }
  const sent = { session_name: sessionName.value, msg_type: msgType.value, ...body() };
  const name = dictionary.value.name;
  sending.value = true;
  problem.value = null;
  try {
    const answer = await rest.sendMessage(sent);
    const at = new Date(deskNow()).toISOString();
    batch(() => {
      history.value = [{ at, name, raw: answer.raw, ...sent }, ...history.value].slice(0, HISTORY_HELD);
      tried.value = false;
      renewIds();
    });
    watchAnswers({ ...answer, session_name: sent.session_name, msg_type: sent.msg_type, name, at });
  } catch (failed) {
    batch(() => {
      if (failed.errors?.length) checked.value = { ...checked.value, errors: failed.errors };
      problem.value = failed.errors?.length ? `${failed.title}: see what is missing or wrong.` : failed.text ?? String(failed);
    });
  } finally {
    // A double click is one message: the button stays shut for longer than the second click takes.
    setTimeout(() => {
      sending.value = false;
    }, AGAIN_AFTER_MS);
  }
}

// What was pasted, unchecked but for its envelope: to see what the counterparty makes of a message that is wrong.
export async function sendAsItStands(text) {
  const { raw, msgType: type } = readPasted(text);
  const answer = await rest.sendMessage({ session_name: sessionName.value, raw, validate: false });
  const name = messages.value.find((one) => one.msg_type === type)?.name ?? type;
  watchAnswers({ ...answer, session_name: sessionName.value, msg_type: type, name, at: new Date(deskNow()).toISOString() });
}

// An id that was used is not to be used again: where a person had one made, the next is made.
function renewIds() {
  list.value = renewed(list.value, dictionary.value.fields, (key, value) => (value === '' || key === 'transact_time' ? '' : freshId()));
}
