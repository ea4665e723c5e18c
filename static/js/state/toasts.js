// Results of what a person did, and what the counterparty refused. An error stays until it is closed or its cause is gone; there is one line for each cause.
import { signal } from '../lib.js';

const SHOWN = 4;
const GOOD_SHOWN = 2; // the newest: what went well must not crowd out what did not
const GOOD_FOR_MS = 5000;

export const toasts = signal([]); // the newest last
let nextId = 1;

// cause: what is told of again takes the place of what was told before. Answers the id by which it can be dismissed.
export function toast(kind, title, text = '', { cause = `${title}\n${text}` } = {}) {
  const known = toasts.value.find((one) => one.kind === kind && one.cause === cause);
  const id = nextId++;
  const others = toasts.value.filter((one) => one.cause !== cause);
  const all = [...others, { id, kind, title, text, cause, times: (known?.times ?? 0) + 1 }];
  const good = all.filter((one) => one.kind === 'good').slice(-GOOD_SHOWN);
  toasts.value = all.filter((one) => one.kind !== 'good' || good.includes(one)).slice(-SHOWN);
  if (kind !== 'error') setTimeout(() => dismiss(id), GOOD_FOR_MS);
  return id;
}

// The cause of an error is gone: it says so for a moment, and goes. What was closed by hand, or never told, is not told now.
export function settle(cause, title, text = '') {
  if (toasts.value.some((one) => one.cause === cause && one.kind === 'error')) toast('good', title, text, { cause });
}

export function dismiss(id) {
  toasts.value = toasts.value.filter((one) => one.id !== id);
}

export function dismissAll() {
  toasts.value = [];
}
