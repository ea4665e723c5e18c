// What is open on the page: panels, drawer, dialogs. Nothing here talks to the desk.
import { effect, signal } from '../lib.js';
import { remembered } from './prefs.js';

export const bottomTab = remembered('bottom.tab', 'log'); // 'log' or 'market': what stands below the blotter
export const phoneTab = signal('ticket'); // which region a phone shows: 'ticket', 'blotter', 'log', 'market', 'sessions'
export const blotterTab = remembered('blotter.tab', 'orders'); // 'orders', 'executions', 'positions' or 'statistics'
export const drawerKey = signal(null); // the order whose detail is open, by its key
export const visitor = signal(null); // that order, if it is no longer among those of the blotter
export const nowhere = signal(null); // {path, title, text, again}: an address that leads to nothing
export const decoded = signal(null); // the log line whose fields are open
export const spread = signal(false); // whether the message that is open came by a link: then it takes the height of the window
export const searching = signal(false); // whether the log shows stored messages that were searched for, not the live ones
export const marked = signal(null); // the message to compare others with
export const comparing = signal(null); // {a, b}: the ids of two messages that are compared
export const helpOpen = signal(false);
export const stopping = signal(null); // {letGo: a kill switch} or {}: the dialog that turns kill switches
export const question = signal(null); // {title, text, list, confirm, keep, act}: what asks before it does

export function showLog() {
  bottomTab.value = 'log';
  phoneTab.value = 'log';
}

// A message is opened in the log: there it is to be seen.
effect(() => {
  if (decoded.value || searching.value) bottomTab.value = 'log';
  if (!decoded.value) spread.value = false;
});

export function ask(next) {
  question.value = next;
}
