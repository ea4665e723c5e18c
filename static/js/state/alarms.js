// Reports of counterparties that are in no order and wait for a person, oldest first.
import { signal } from '../lib.js';
import { on, onJoined } from '../net/socket.js';
import { pages, rest } from '../net/rest.js';
import { toast } from './toasts.js';

const MOST = 5000;

export const alarms = signal([]);
export const alarmsLoaded = signal(false);
export const alarmsOpen = signal(false); // whether the dialog is

const oldestFirst = (found) => found.sort((a, b) => a.id - b.id);

let late = []; // what came by event while the list was on its way

on('alarm_updated', (alarm) => {
  late.push(alarm);
  const others = alarms.value.filter(({ id }) => id !== alarm.id);
  alarms.value = alarm.state === 'open' ? oldestFirst([...others, alarm]) : others;
});

onJoined(async () => {
  late = [];
  try {
    const { rows } = await pages(rest.alarms, 'alarms', { query: { state: 'open' }, most: MOST });
    const newer = new Map(late.map((alarm) => [alarm.id, alarm]));
    alarms.value = oldestFirst([...rows.filter(({ id }) => !newer.has(id)), ...newer.values()].filter(({ state }) => state === 'open'));
    alarmsLoaded.value = true;
  } catch (problem) {
    toast('error', 'Alarms could not be loaded', problem.text);
  }
});
