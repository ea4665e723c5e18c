// What becomes of the sessions, one line for each, which settles itself when the session is back.
import { effect } from '../lib.js';
import { on } from '../net/socket.js';
import { deskNow } from '../net/clock.js';
import { sessions } from './desk.js';
import { shortTime } from './liveness.js';
import { settle, toast } from './toasts.js';

const losses = new Map(); // by name: since when, a Date
const causeOf = (name) => `session ${name}`;

export const withoutCountdown = (reason) => (reason ?? '').replace(/; trying again in [\d.e+-]+ s$/, '');

on('connection_result', ({ session_name: name, state, message }) => {
  if (state === 'disconnected') {
    if (!losses.has(name)) losses.set(name, new Date(deskNow()));
    toast('error', `${name} is down since ${shortTime(losses.get(name))}`, withoutCountdown(message), { cause: causeOf(name) });
  } else if (!losses.has(name)) {
    toast(state === 'connected' ? 'good' : 'info', `${name}: ${state.replace('_', ' ')}`, state === 'connected' ? '' : withoutCountdown(message), { cause: causeOf(name) });
  }
});

effect(() => {
  for (const { name, state } of sessions.value) {
    if (!losses.has(name) || !['connected', 'not_connected'].includes(state)) continue;
    const since = shortTime(losses.get(name));
    losses.delete(name);
    const words = state === 'connected' ? `${name} was down ${since} to ${shortTime(new Date(deskNow()))}` : `${name}: not connected`;
    settle(causeOf(name), words);
  }
});
