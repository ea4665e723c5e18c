// How orders fared: what was asked for, and what the desk counted.
import { batch, signal, untracked } from '../lib.js';
import { deskNow } from '../net/clock.js';
import { rest } from '../net/rest.js';
import { remembered, zone } from './prefs.js';

const HOUR = 3600e3;

export const GROUPINGS = [['session_name', 'Session'], ['symbol', 'Symbol'], ['account', 'Account'], ['hour', 'Hour'], ['side', 'Side']];
export const PERIODS = [['hour', 'Last hour'], ['today', 'Today'], ['day', 'Last 24 hours'], ['week', 'Last 7 days'], ['all', 'All'], ['custom', 'From … to …']];
export const CLOCKS = [['engine_ms', 'By arrival'], ['transact_time_ms', 'By TransactTime']];

const known = (rows, id) => (rows.some(([one]) => one === id) ? id : rows[0][0]);

export const by = remembered('statistics.by', 'session_name');
export const period = remembered('statistics.period', 'day');
export const delays = remembered('statistics.delays', 'engine_ms');
export const sessionName = signal('');
export const custom = signal({ from: '', to: '' }); // as typed, in the zone that was chosen
export const found = signal(null); // {by, groups, total, hours, at}
export const busy = signal(false);
export const problem = signal(null);

by.value = known(GROUPINGS, by.value);
period.value = known(PERIODS, period.value);
delays.value = known(CLOCKS, delays.value);

// What was typed as a time, in the zone that times are shown in.
function instant(text) {
  if (!text) return null;
  const date = new Date(zone.peek() === 'UTC' ? `${text}Z` : text);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

function range(now) {
  const back = { hour: HOUR, day: 24 * HOUR, week: 7 * 24 * HOUR }[period.peek()];
  if (back) return { from: new Date(now - back).toISOString() };
  if (period.peek() === 'custom') return { from: instant(custom.peek().from), to: instant(custom.peek().to) };
  if (period.peek() === 'all') return {};
  const midnight = new Date(now);
  if (zone.peek() === 'UTC') midnight.setUTCHours(0, 0, 0, 0);
  else midnight.setHours(0, 0, 0, 0);
  return { from: midnight.toISOString() };
}

let asked = 0;

// An answer that comes after a newer question was asked is dropped.
export async function load() {
  const mine = ++asked;
  const grouping = by.peek();
  const query = untracked(() => ({ ...range(deskNow()), session_name: sessionName.value }));
  batch(() => {
    busy.value = true;
    problem.value = null;
  });
  try {
    const hours = rest.statistics({ ...query, by: 'hour' });
    const groups = grouping === 'hour' ? hours : rest.statistics({ ...query, by: grouping });
    const [answer, byHour] = await Promise.all([groups, hours]);
    if (mine !== asked) return;
    batch(() => {
      found.value = { ...answer, hours: byHour.groups, at: new Date(deskNow()).toISOString() };
      busy.value = false;
    });
  } catch (error) {
    if (mine !== asked) return;
    batch(() => {
      problem.value = error;
      busy.value = false;
    });
  }
}
