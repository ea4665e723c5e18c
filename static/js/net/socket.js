// The live connection to the desk: its state, its delay, and the events it brings, in order.
import { io } from '../../vendor/socket.io.js';
import { batch, computed, signal } from '../lib.js';
import { deskNow, learnTime } from './clock.js';

const FIRST_PROBE_MS = 1000; // a page that is loading would measure itself
const PROBE_MS = 2000;
const LATE_MS = 1500; // without an answer for so long the page does not count as live
const PROBE_PATIENCE_MS = 3000;
const PROBES_IN_VAIN = 2; // then the connection is taken for dead, though nobody has closed it
const GREETING_MS = 5000; // without `connected` by then it was lost on its way
const TICK_MS = 1000;
const ASLEEP_MS = 10_000; // a tick that is so late means that the page, or the computer, slept
const SET_MS = 2000; // the computer's clock and the page's differ by so much more than before: it slept, or somebody has set its clock

// state: 'connecting' (never been connected), 'loading' (joined; what was missed is on its way), 'online', 'checking' (was asleep or
// cut off: whether anything is missing is not known yet), 'slow' (no answer just now), 'lost'; since: Date of the loss, by the desk's clock.
export const link = signal({ state: 'connecting', delayMs: null, since: null, transport: null });

// Whether what is on the page may be behind what the desk knows.
export const stale = computed(() => ['lost', 'checking', 'loading', 'slow'].includes(link.value.state));

const handlers = new Map();
const joined = [];
let socket = null;
let probeTimer = null;
let probing = false;
let inVain = 0;
let joins = 0;
let turn = 0; // only what was asked last is listened to: an answer from before a sleep says nothing
let tickedAt = performance.now();
let clockWas = Date.now();
let answeredAt = -Infinity;

export function on(name, handler) {
  handlers.set(name, handler);
}

// Called with the payload of `connected` each time the desk has taken us in, the first time and after each loss. A promise that the
// handler answers is waited for before the page says that it is live.
export function onJoined(handler) {
  joined.push(handler);
}

// Answers what the desk acknowledges, or throws when it does not in time.
export const tellDesk = (name, payload) => (socket?.connected ? socket.timeout(PROBE_PATIENCE_MS).emitWithAck(name, payload) : Promise.reject(new Error('No connection to the desk')));

// A transport that polls loses what was on its way when a connection breaks, and the browser asks again without a word: by their numbers no
// frame is missing, or the page joins anew.
let numbered = null; // of the last frame to all
let alone = 0; // how many came to this page alone

function take(events) {
  const told = events.find(([name]) => name === 'told');
  if (!told) alone += 1;
  else if (numbered !== null && told[1] !== numbered + 1) return missing();
  else [, numbered] = told;
  return batch(() => events.forEach(([name, payload]) => dispatch(name, payload)));
}

function missing() {
  socket.io.engine.close(); // which is a loss
}

function dispatch(name, payload) {
  handlers.get(name)?.(payload);
}

const transport = () => socket.io.engine.transport.name;

export function start() {
  socket = io({ transports: ['websocket', 'polling'], tryAllTransports: true, reconnectionDelay: 300, reconnectionDelayMax: 3000, auth: { frames: true } });
  socket.on('connected', join);
  socket.on('connect', () => setTimeout(() => { if (socket.connected && ['connecting', 'lost'].includes(link.value.state)) missing(); }, GREETING_MS));
  socket.on('frame', take);
  for (const name of handlers.keys()) socket.on(name, (payload) => batch(() => dispatch(name, payload)));
  socket.on('connect_error', () => lost());
  socket.on('disconnect', (reason) => {
    lost();
    // The library leaves a connection that the desk ended alone; a desk that restarts, or drops a slow page, wants us back.
    if (reason === 'io server disconnect') setTimeout(() => socket.connect(), 500);
  });
  addEventListener('online', () => (socket.connected ? check() : socket.connect()));
  addEventListener('pageshow', (event) => event.persisted && check());
  document.addEventListener('resume', check);
  document.addEventListener('visibilitychange', () => document.hidden || look());
  setInterval(tick, TICK_MS);
}

async function join(payload) {
  const mine = ++joins;
  forgetProbe();
  inVain = 0;
  learnTime(payload.server_time);
  [numbered, alone] = [payload.told ?? null, 0];
  link.value = { state: 'loading', delayMs: null, since: link.value.since, transport: transport() };
  clearTimeout(probeTimer);
  probeTimer = setTimeout(probe, FIRST_PROBE_MS);
  const waiting = batch(() => joined.map((handler) => handler(payload)));
  await Promise.allSettled(waiting);
  if (mine === joins && link.value.state === 'loading') link.value = { ...link.value, state: 'online', since: null };
}

function forgetProbe() {
  turn += 1;
  probing = false;
}

function lost() {
  joins += 1;
  forgetProbe();
  clearTimeout(probeTimer);
  if (link.value.state === 'lost') return;
  link.value = { state: 'lost', delayMs: null, since: link.value.since ?? new Date(deskNow()), transport: null };
}

function tick() {
  const [now, clock] = [performance.now(), Date.now()];
  if (now - tickedAt > ASLEEP_MS || Math.abs(clock - clockWas - (now - tickedAt)) > SET_MS) check();
  tickedAt = now;
  clockWas = clock;
}

// Somebody looks again. Timers of a tab that nobody sees may stand still for a minute.
function look() {
  if (performance.now() - answeredAt > PROBE_MS + PROBE_PATIENCE_MS) check();
  else probe();
}

// The page was asleep or cut off. Events come in order: once the desk has answered, all that it told before is here.
function check() {
  if (!socket.connected || !['online', 'slow'].includes(link.value.state)) return;
  link.value = { ...link.value, state: 'checking', since: link.value.since ?? new Date(deskNow()) };
  inVain = PROBES_IN_VAIN - 1;
  forgetProbe();
  probe();
}

// The delay is that of the very channel the events come by: an acknowledged event that changes nothing.
async function probe() {
  clearTimeout(probeTimer);
  if (probing || !socket.connected) return;
  probing = true;
  const [asked, mine] = [performance.now(), ++turn];
  const late = setTimeout(() => { if (mine === turn) slow(); }, LATE_MS);
  let wait = PROBE_MS;
  try {
    const answer = await socket.timeout(PROBE_PATIENCE_MS).emitWithAck('subscribe', { frames: true });
    if (mine !== turn) return;
    inVain = 0;
    answeredAt = performance.now();
    if (answer?.told > (numbered ?? Infinity) || answer?.told_alone > alone) {
      missing();
      return;
    }
    learnTime(answer?.server_time, asked);
    const { state, since } = link.value;
    const live = state !== 'loading';
    link.value = { state: live ? 'online' : state, delayMs: performance.now() - asked, since: live ? null : since, transport: transport() };
  } catch {
    if (mine !== turn || !socket.connected) return;
    inVain += 1;
    wait = 0;
    if (inVain >= PROBES_IN_VAIN) socket.io.engine.close(); // which is a loss, and it connects anew
    else slow();
  } finally {
    clearTimeout(late);
    if (mine === turn) {
      probing = false;
      clearTimeout(probeTimer);
      probeTimer = setTimeout(probe, wait);
    }
  }
}

function slow() {
  if (link.value.state === 'online') link.value = { ...link.value, state: 'slow', delayMs: null, since: new Date(deskNow()) };
}
