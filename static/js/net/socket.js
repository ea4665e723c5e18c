// The live connection to the desk: its state, its delay, and the events it brings, in order.
import { io } from '../../vendor/socket.io.js';
import { batch, signal } from '../lib.js';

const FIRST_PROBE_MS = 1000; // a page that is loading would measure itself
const PROBE_MS = 5000;
const PROBE_PATIENCE_MS = 3000;

// state: 'connecting' (never been connected), 'online', 'slow' (no answer for a while), 'lost'; since: Date of the loss.
export const link = signal({ state: 'connecting', delayMs: null, since: null, transport: null });

const handlers = new Map();
const joined = [];
let socket = null;
let probeTimer = null;
let probing = false;

export function on(name, handler) {
  handlers.set(name, handler);
}

// Called with the payload of `connected` each time the desk has taken us in, the first time and after each loss.
export function onJoined(handler) {
  joined.push(handler);
}

// Answers what the desk acknowledges, or throws when it does not in time.
export const tellDesk = (name, payload) => socket.timeout(PROBE_PATIENCE_MS).emitWithAck(name, payload);

function dispatch(name, payload) {
  handlers.get(name)?.(payload);
}

export function start() {
  socket = io({ transports: ['websocket', 'polling'], tryAllTransports: true, reconnectionDelay: 300, reconnectionDelayMax: 3000 });
  socket.on('connected', (payload) => {
    socket.emit('subscribe', { frames: true });
    link.value = { state: 'online', delayMs: null, since: null, transport: socket.io.engine.transport.name };
    batch(() => joined.forEach((handler) => handler(payload)));
    clearTimeout(probeTimer);
    probeTimer = setTimeout(probe, FIRST_PROBE_MS);
  });
  socket.on('frame', (events) => batch(() => events.forEach(([name, payload]) => dispatch(name, payload))));
  for (const name of handlers.keys()) socket.on(name, (payload) => batch(() => dispatch(name, payload)));
  socket.on('connect_error', () => lost());
  socket.on('disconnect', (reason) => {
    lost();
    // The library leaves a connection that the desk ended alone; a desk that restarts, or drops a slow page, wants us back.
    if (reason === 'io server disconnect') setTimeout(() => socket.connect(), 500);
  });
  addEventListener('offline', () => lost());
  addEventListener('online', () => (socket.connected ? probe() : socket.connect()));
  document.addEventListener('visibilitychange', () => document.hidden || probe());
}

function lost() {
  clearTimeout(probeTimer);
  if (link.value.state === 'lost') return;
  link.value = { state: 'lost', delayMs: null, since: new Date(), transport: null };
}

// The delay is that of the very channel the events come by: an acknowledged event that changes nothing.
async function probe() {
  clearTimeout(probeTimer);
  if (probing || !socket.connected) return;
  probing = true;
  const asked = performance.now();
  try {
    await socket.timeout(PROBE_PATIENCE_MS).emitWithAck('subscribe', { frames: true });
    if (socket.connected) {
      link.value = { ...link.value, state: 'online', delayMs: performance.now() - asked, since: null, transport: socket.io.engine.transport.name };
    }
  } catch {
    if (socket.connected) link.value = { ...link.value, state: 'slow', delayMs: null, since: link.value.since ?? new Date() };
  } finally {
    probing = false;
    clearTimeout(probeTimer);
    probeTimer = setTimeout(probe, PROBE_MS);
  }
}
