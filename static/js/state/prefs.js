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

const signals = new Map(); // name -> {value, otherwise}

export function remembered(name, otherwise) {
  const value = signal(recall(name, otherwise));
  signals.set(name, { value, otherwise });
  let first = true;
  effect(() => {
    const now = value.value;
    if (!first) remember(name, now);
    first = false;
  });
  return value;
}

// As if it had been chosen so on the page; null: as it was at first.
export function put(name, value) {
  const known = signals.get(name);
  if (known) known.value.value = value ?? known.otherwise;
  else remember(name, value);
}

// The names of all that is kept.
export function allRemembered() {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length));
  } catch {
    return [];
  }
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
