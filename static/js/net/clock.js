// The desk's clock. Times and ages on the page are by it, whatever this computer takes the time to be. It is kept against the time since the
// page was opened, which nobody sets, so that it goes on when somebody sets the computer's clock.
import { computed, signal } from '../lib.js';

const APART_MS = 2000; // from here on people are told

let ahead = null; // how many ms the desk's clock is ahead of the page's time; null until it is known
const apart = signal(0); // of the desk's clock and the computer's, in ms

export const clocksApart = computed(() => (Math.abs(apart.value) > APART_MS ? apart.value : null));

export const deskNow = () => (ahead === null ? Date.now() : performance.now() + ahead);

// The desk's time in ms, told once a second.
export const deskTime = signal(deskNow());

function tell() {
  deskTime.value = deskNow();
  apart.value = Math.round((deskNow() - Date.now()) / 1000) * 1000;
}
setInterval(tell, 1000);

// at: the desk's time as it gave it; askedAt and now: the page's, when it was asked, if it was, and when the answer came. Between them it was so late,
// and an estimate that agrees with that is left alone.
export function learnTime(at, askedAt = null, now = performance.now()) {
  const theirs = Date.parse(at);
  if (Number.isNaN(theirs)) return;
  const [least, most] = [theirs - now, askedAt === null ? Infinity : theirs - askedAt];
  if (ahead === null) ahead = askedAt === null ? least : (least + most) / 2;
  else ahead = Math.min(Math.max(ahead, least), most);
  tell();
}
