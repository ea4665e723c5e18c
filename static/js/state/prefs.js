// What this browser remembers. Storage may be off or full: then a choice lasts as long as the page.
import { effect, signal } from '../lib.js';

const PREFIX = 'sendfix.';

export function recall(name, otherwise = null) {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? otherwise : JSON.parse(text);
  } catch {
    return otherwise;
  }
}

export function remember(name, value) {
  try {
    if (value === null || value === undefined) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // Nothing to do: the choice is not kept.
  }
}

export function remembered(name, otherwise) {
  const value = signal(recall(name, otherwise));
  let first = true;
  effect(() => {
    const now = value.value;
    if (!first) remember(name, now);
    first = false;
  });
  return value;
}

const system = matchMedia('(prefers-color-scheme: dark)');
const systemTheme = signal(system.matches ? 'dark' : 'light');
system.addEventListener('change', (event) => {
  systemTheme.value = event.matches ? 'dark' : 'light';
});

const chosenTheme = remembered('theme', null); // null: as the system has it
export const theme = signal(systemTheme.value);
effect(() => {
  theme.value = chosenTheme.value ?? systemTheme.value;
  document.documentElement.dataset.theme = theme.value;
});

export function toggleTheme() {
  chosenTheme.value = theme.value === 'dark' ? 'light' : 'dark';
}

export const zone = remembered('zone', 'UTC'); // 'UTC' or 'local'
