// Reports of counterparties that are in no order and wait for a person, oldest first.
import { signal } from '../lib.js';
import { on, onJoined } from '../net/socket.js';
import { pages, rest } from '../net/rest.js';
import { insist } from '../net/insist.js';
import { unloaded } from './desk.js';

const MOST = 5000;

export const alarms = signal([]);
export const alarmsLoaded = signal(false);
export const alarmsOpen = signal(false); // whether the dialog is

const oldestFirst = (found) => found.sort((a, b) => a.id - b.id);

let turn = 0;
let late = []; // what came by event while the list was on its way

on('alarm_updated', (alarm) => {
  late.push(alarm);
  const others = alarms.value.filter(({ id }) => id !== alarm.id);
  alarms.value = alarm.state === 'open' ? oldestFirst([...others, alarm]) : others;
});

onJoined(async () => {
  late = [];
  const mine = ++turn;
  const got = await insist(() => pages(rest.alarms, 'alarms', { query: { state: 'open' }, most: MOST }), () => mine === turn, (fault) => { unloaded.value = fault; });
  if (!got || mine !== turn) return;
  const newer = new Map(late.map((alarm) => [alarm.id, alarm]));
  alarms.value = oldestFirst([...got.rows.filter(({ id }) => !newer.has(id)), ...newer.values()].filter(({ state }) => state === 'open'));
  alarmsLoaded.value = true;
});
