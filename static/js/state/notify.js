// What is worth a sound or a notification of the desktop: off until somebody asks for it, and kept in this browser.
import { effect, signal } from '../lib.js';
import { msgTypeName } from '../fix/names.js';
import { link } from '../net/socket.js';
import { alarms, alarmsLoaded, alarmsOpen } from './alarms.js';
import { health, rejections, sessions } from './desk.js';
import { remembered } from './prefs.js';
import { openOrder } from './route.js';
import { beep } from './sound.js';

export const KINDS = [
  ['report', 'A report that is in no order'], ['session', 'A session is lost'], ['desk', 'The connection to the desk is lost'], ['engine', 'The FIX engine is lost'], ['database', 'The database can’t be written'],
  ['kill', 'A kill switch is turned'], ['rejected', 'An order is rejected'],
];
const OFF = { sound: false, desktop: false, without: [] }; // without: the kinds that are not wanted
const TOLD_AT_MOST = 4; // notifications in ten seconds; the rest is counted in one more
const LOST_FOR_MS = 3000; // shorter losses, as on waking up, mend themselves
const WHILE_MS = 10_000;

export const settings = remembered('notify', OFF);
export const settingsOpen = signal(false);
export const permission = signal(typeof Notification === 'undefined' ? 'none' : Notification.permission);

export const set = (change) => {
  settings.value = { ...OFF, ...settings.value, ...change };
};

export const wants = (kind) => !(settings.value.without ?? []).includes(kind);

// Asks the browser where it has not been asked; 'granted', 'denied' or 'none' (it has no notifications, or not without HTTPS).
export async function askPermission() {
  if (permission.value === 'none') return;
  permission.value = await Notification.requestPermission();
}

let told = [];

function notify(title, body, act) {
  if (!settings.value.desktop || permission.value !== 'granted') return;
  const now = performance.now();
  told = told.filter((at) => now - at < WHILE_MS);
  told.push(now);
  const many = told.length > TOLD_AT_MOST;
  const shown = new Notification(many ? 'SendFix: more has happened' : `SendFix: ${title}`, {
    body: many ? `${told.length - TOLD_AT_MOST} more within ${WHILE_MS / 1000} s: look at the page` : body, tag: many ? 'sendfix-many' : `sendfix-${now}-${told.length}`, icon: new URL('../../icons/favicon.svg', import.meta.url).href,
  });
  shown.onclick = () => {
    window.focus();
    act?.();
    shown.close();
  };
}

// kind is of KINDS. A page in sight has its banners and toasts: it needs the sound only.
export function tell(kind, title, body, act) {
  if (!wants(kind)) return;
  if (settings.value.sound) beep(kind === 'rejected' ? 'low' : 'high');
  if (document.hidden || !document.hasFocus()) notify(title, body, act);
}

export function test() {
  if (settings.value.sound) beep('high');
  notify('this is a test', 'So you will be told what happens while you look elsewhere.');
}

// Each watch compares with what was there before; what is there when the page opens is no news.
function watchAlarms() {
  let known = null;
  effect(() => {
    if (!alarmsLoaded.value) return;
    const before = known;
    known = new Set(alarms.value.map(({ id }) => id));
    if (before === null) return;
    for (const one of alarms.value) {
      if (!before.has(one.id)) tell('report', `a report of ${one.session_name} is in no order`, `${msgTypeName(one.msg_type)} ${one.cl_ord_id ?? 'without ClOrdID'}: ${one.why}`, () => { alarmsOpen.value = true; });
    }
  });
}

function watchSessions() {
  let states = new Map();
  effect(() => {
    const before = states;
    states = new Map(sessions.value.map(({ name, state }) => [name, state]));
    if (!health.value.engine.available) return; // that is told once, and not of each session
    for (const { name, state, reason } of sessions.value) {
      if (state === 'disconnected' && before.get(name) === 'connected') tell('session', `${name} is lost`, reason ?? 'The connection ended.');
    }
  });
}

function watchHealth() {
  let before = null;
  effect(() => {
    const { engine, storage, switches } = health.value;
    const online = link.value.state !== 'connecting';
    const now = { engine: engine.available, storage: storage.available, switches: switches.length };
    if (before) {
      if (before.engine && !now.engine) tell('engine', 'the FIX engine is lost', engine.reason ?? '');
      if (before.storage && !now.storage) tell('database', 'the database can’t be written', storage.reason ?? '');
      if (now.switches > before.switches) tell('kill', 'a kill switch is turned', switches.at(-1).text);
    }
    if (online) before = now;
  });
}

const tellIfLost = () => link.peek().state === 'lost' && tell('desk', 'the connection to the desk is lost', 'What the page shows may be out of date; nothing can be sent.');

function watchDesk() {
  let before = null;
  effect(() => {
    const { state } = link.value;
    if (state === 'lost' && before !== null && before !== 'lost' && before !== 'connecting') setTimeout(tellIfLost, LOST_FOR_MS);
    before = state;
  });
}

export function watch() {
  watchDesk();
  watchAlarms();
  watchSessions();
  watchHealth();
  rejections.add((order) => tell('rejected', `order rejected: ${order.symbol}`, `${order.cl_ord_id}: ${order.text || 'no reason given'}`, () => openOrder(order.cl_ord_ids[0])));
}
