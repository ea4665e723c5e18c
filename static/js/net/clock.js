// The desk's clock. Times and ages on the page are by it, whatever this computer takes the time to be.
import { computed, signal } from '../lib.js';

const APART_MS = 2000; // from here on people are told
const SURE_MS = 1500; // an answer that took longer says too little of the time

const ahead = signal(null); // how many ms the desk's clock is ahead of ours; null until it is known

export const clocksApart = computed(() => (Math.abs(ahead.value ?? 0) > APART_MS ? ahead.value : null));

export const deskNow = () => Date.now() + (ahead.value ?? 0);

// The desk's time in ms, told once a second.
export const deskTime = signal(Date.now());
setInterval(() => {
  deskTime.value = deskNow();
}, 1000);

// at: the desk's time as it gave it; askedAt and now: ours, when it was asked and when the answer came.
export function learnTime(at, askedAt, now = Date.now()) {
  const theirs = Date.parse(at);
  if (Number.isNaN(theirs) || (ahead.peek() !== null && now - askedAt > SURE_MS)) return;
  ahead.value = theirs - (askedAt + now) / 2;
  deskTime.value = deskNow();
}
