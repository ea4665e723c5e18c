// The live connection: frames in order, and the rows again by REST whenever some were missed.
import { io } from '/shared/vendor/socket.io.js';
import { batch, signal } from '/shared/js/lib.js';
import { apply, forgetAll, load, statistics } from './state.js';

const PATIENCE_MS = 4000; // frames come at least once a second
const RELOAD_EVERY_MS = 8000; // while more happens than frames have room for
const AGAIN_MS = 1500;

// state: 'connecting' (never been connected), 'online', 'late' (no frame for a while), 'lost'; since: Date of the loss.
export const link = signal({ state: 'connecting', since: null });
export const thinned = signal(false); // more happens than frames have room for

let socket = null;
let number = 0;
let waiting = null; // frames that came while the rows are being read
let incomplete = false; // some changes never came
let againTimer = null;
let reloadedAt = 0;
let lateTimer = null;

export function start() {
  socket = io({ transports: ['websocket', 'polling'], tryAllTransports: true, reconnectionDelay: 300, reconnectionDelayMax: 2000 });
  socket.on('connect', follow);
  socket.on('frame', take);
  socket.on('connect_error', lost);
  socket.on('disconnect', (reason) => {
    lost();
    if (reason === 'io server disconnect') setTimeout(() => socket.connect(), 500);
  });
  addEventListener('offline', lost);
  addEventListener('online', () => (socket.connected ? reload(true) : socket.connect()));
}

async function follow() {
  try {
    const answer = await socket.timeout(PATIENCE_MS).emitWithAck('follow');
    number = answer.number;
    await reload(true);
  } catch {
    socket.disconnect().connect();
  }
}

async function reload(anew = false) {
  if (waiting) return;
  waiting = [];
  clearTimeout(againTimer);
  incomplete = false;
  reloadedAt = Date.now();
  const before = statistics.peek()?.started_at;
  try {
    await load();
  } catch {
    waiting = null;
    againTimer = setTimeout(() => reload(anew), AGAIN_MS);
    return;
  }
  const frames = waiting;
  waiting = null;
  if (anew && before && before !== statistics.peek().started_at) {
    forgetAll(); // the broker was started again, perhaps on another database
    frames.length = 0;
    await reload();
  }
  batch(() => frames.forEach(apply));
  if (socket.connected) online();
}

function take(frame) {
  socket.emit('got', frame.number);
  incomplete ||= frame.number !== number + 1 || frame.skipped > 0;
  number = frame.number;
  thinned.value = frame.skipped > 0;
  if (incomplete && (!frame.skipped || Date.now() - reloadedAt > RELOAD_EVERY_MS)) reload();
  if (waiting) waiting.push(frame);
  else if (link.peek().state !== 'lost') {
    batch(() => apply(frame));
    online();
  }
}

function online() {
  if (link.peek().state !== 'online') link.value = { state: 'online', since: null };
  clearTimeout(lateTimer);
  lateTimer = setTimeout(() => {
    if (link.peek().state === 'online') link.value = { state: 'late', since: new Date(Date.now() - PATIENCE_MS) };
  }, PATIENCE_MS);
}

function lost() {
  clearTimeout(lateTimer);
  clearTimeout(againTimer);
  if (link.peek().state !== 'lost') link.value = { state: 'lost', since: new Date() };
}
