// A press somewhere else on the page may take the ticket to another session: then the ticket says so, until the session is changed again.
import { computed, signal } from '../lib.js';
import { selectedSession, selectSession } from './desk.js';

const move = signal(null); // {from, to}

export const moved = computed(() => (move.value?.to === selectedSession.value?.name ? move.value : null));

export function moveTo(name) {
  const from = selectedSession.peek()?.name;
  if (from === name) return;
  move.value = from ? { from, to: name } : null;
  selectSession(name);
}

export function moveBack() {
  const { from } = move.value;
  move.value = null;
  selectSession(from);
}

export const forgetMove = () => {
  move.value = null;
};
