// What may be otherwise than it is shown: all of it while the desk is away, the open orders of a session that is down.
import { computed, effect, signal } from '../lib.js';
import { isOpen } from '../fix/names.js';
import { clock } from '../fix/times.js';
import { deskNow } from '../net/clock.js';
import { link } from '../net/socket.js';
import { health, sessions } from './desk.js';
import { zone } from './prefs.js';

export const shortTime = (date) => clock(date, zone.value);

// Why nothing can be asked of the desk; null when it can.
export const deskAway = computed(() => {
  const { state, since } = link.value;
  if (state === 'lost') return `No connection to the desk${since ? ` since ${shortTime(since)}` : ''}`;
  return state === 'connecting' ? 'Not connected to the desk yet' : null;
});

// Since when nobody knows how the sessions stand, a Date; null while it is known.
export const unknownSince = computed(() => (['lost', 'checking'].includes(link.value.state) ? link.value.since : null));

// The sessions that are down, by name: since when, a Date or null. The moment is the one in which the page saw it; for what was down before, when it was last heard.
export const down = signal(new Map());
let up = new Set();

effect(() => {
  const before = down.peek();
  const now = new Map();
  for (const { name, logged_on: on, last_received_at: heard } of sessions.value) {
    if (!on) now.set(name, before.get(name) ?? (up.has(name) ? new Date(deskNow()) : heard ? new Date(heard) : null));
  }
  up = new Set(sessions.value.filter((one) => one.logged_on).map(({ name }) => name));
  if (now.size !== before.size || [...now].some(([name]) => !before.has(name))) down.value = now;
});

// Since when the FIX engine is away, as the page saw it; null while it is there.
export const engineAwaySince = signal(null);

effect(() => {
  const { available } = health.value.engine;
  if (available) engineAwaySince.value = null;
  else engineAwaySince.value ??= new Date(deskNow());
});

export const isDoubtful = (order) => isOpen(order) && down.peek().has(order.session_name);

export function doubtText(order) {
  if (!isDoubtful(order)) return '';
  const since = down.peek().get(order.session_name);
  return `${order.session_name} is down${since ? ` since ${shortTime(since)}` : ''}: the order may have changed.`;
}

export function asOf(order) {
  const since = down.peek().get(order.session_name);
  return since ? `as of ${shortTime(since)}` : 'may be old';
}
