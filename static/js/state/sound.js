// Two tones by WebAudio, so that no file is needed. A browser plays nothing before the page was touched once.
import { signal } from '../lib.js';

const TONES = { high: [880, 1175], low: [523, 392] }; // Hz
const LENGTH = 0.16; // seconds
const APART_MS = 1500; // between two sounds: a storm of rejects is one noise, not a hundred

export const silent = signal(false); // a sound was due and could not be heard
let audio = null;
let last = 0;

function context() {
  if (!audio && typeof AudioContext !== 'undefined') {
    audio = new AudioContext();
    const wake = () => audio.resume().then(() => { silent.value = audio.state !== 'running'; });
    for (const name of ['pointerdown', 'keydown']) addEventListener(name, wake, { capture: true });
  }
  return audio;
}

// To be called in answer to a press: then the browser allows it from the start.
export async function unlock() {
  await context()?.resume();
}

export async function beep(kind) {
  const now = performance.now();
  if (last && now - last < APART_MS) return;
  last = now;
  const out = context();
  silent.value = !out || out.state !== 'running';
  if (silent.value) return;
  TONES[kind].forEach((frequency, at) => {
    const start = out.currentTime + at * LENGTH;
    const tone = out.createOscillator();
    const volume = out.createGain();
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0.0001, start);
    volume.gain.exponentialRampToValueAtTime(0.25, start + 0.015);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + LENGTH);
    tone.connect(volume).connect(out.destination);
    tone.start(start);
    tone.stop(start + LENGTH);
  });
}
