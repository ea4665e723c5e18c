// When what has changed is drawn. Tables ask for a turn; those that take long get a frame each, and as often as the time that they
// take allows, so that keys find the page free also where the machine is slow or everything changes at once.
const SHARE = 6; // of the time, one in so many is the most that one table takes
const REST = 0.5; // after a drawing, so much of its time belongs to keys and to what the desk tells
const FRAME_MS = 12; // what is drawn in one frame, where more waits; never less than one table
const LATEST_MS = 400; // then it is drawn however long it takes: nothing on the page is half a second old

const waiting = new Set();
let timer = null;
let freeAt = 0;
let drawing = false;

// A message that is posted while a frame is made is heard after it: then it is known how long the frame took, with all that the browser
// did for it.
const after = new MessageChannel();
let began = 0;
let drawn = [];
after.port1.onmessage = () => {
  const now = performance.now();
  const took = now - began;
  for (const turn of drawn) turn.drew(took / drawn.length, now);
  freeAt = now + took * REST;
  drawing = false;
  schedule();
};

export class Turn {
  // draw(): called when it is due, in the frame of the browser that shows it. soonMs: how long a change waits at least, for what comes with it.
  constructor(draw, soonMs) {
    this.draw = draw;
    this.soonMs = soonMs;
    this.cost = 0;
    this.drawnAt = -Infinity;
    this.dueAt = 0;
  }

  ask() {
    if (waiting.has(this)) return;
    this.dueAt = Math.max(performance.now() + this.soonMs, this.drawnAt + Math.min(this.cost * SHARE, LATEST_MS));
    waiting.add(this);
    schedule();
  }

  // It was drawn by other means.
  forget() {
    waiting.delete(this);
  }

  drew(cost, now) {
    // Half of what is new, so that one slow frame does not make the next ones rare.
    this.cost = (this.cost + cost) / 2;
    this.drawnAt = now;
  }
}

function schedule() {
  if (drawing || timer || !waiting.size) return;
  const due = Math.max(freeAt, Math.min(...[...waiting].map((turn) => turn.dueAt)));
  timer = setTimeout(() => requestAnimationFrame(frame), Math.max(0, due - performance.now()));
}

function frame() {
  timer = null;
  began = performance.now();
  drawn = [];
  let planned = 0;
  for (const turn of [...waiting].filter((one) => one.dueAt <= began).sort((a, b) => a.dueAt - b.dueAt)) {
    if (drawn.length && planned + turn.cost > FRAME_MS) continue;
    planned += turn.cost;
    waiting.delete(turn);
    drawn.push(turn);
  }
  drawing = true;
  after.port2.postMessage(null);
  for (const turn of drawn) {
    try {
      turn.draw();
    } catch (error) {
      reportError(error); // the others are drawn all the same
    }
  }
}
