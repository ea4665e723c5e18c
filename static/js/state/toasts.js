// Results of what a person did, and what the counterparty refused. Errors stay until they are closed.
import { signal } from '../lib.js';

const SHOWN = 5;
const GOOD_SHOWN = 2; // the newest: what went well must not cover what is looked at next
const GOOD_FOR_MS = 5000;

export const toasts = signal([]);
let nextId = 1;

// Answers the id by which it can be dismissed.
export function toast(kind, title, text = '') {
  const known = toasts.value.find((one) => one.kind === kind && one.title === title && one.text === text);
  if (known) {
    toasts.value = toasts.value.map((one) => (one === known ? { ...one, times: one.times + 1 } : one));
    return known.id;
  }
  const id = nextId++;
  const all = [...toasts.value, { id, kind, title, text, times: 1 }];
  const good = all.filter((one) => one.kind === 'good').slice(-GOOD_SHOWN);
  toasts.value = all.filter((one) => one.kind !== 'good' || good.includes(one)).slice(-SHOWN);
  if (kind !== 'error') setTimeout(() => dismiss(id), GOOD_FOR_MS);
  return id;
}

export function dismiss(id) {
  toasts.value = toasts.value.filter((one) => one.id !== id);
}

export function dismissAll() {
  toasts.value = [];
}
