// Rows by key, for a grid that is told what changed in lumps: at 1,000 orders/s one row may change several times
// between two paints, and only its last state matters.
import { signal } from '../lib.js';
import { Turn } from './turns.js';

const SOON_MS = 40;
const SLACK = 500; // so many more are held for a moment where nothing is drawn, as in a tab that nobody sees

export class RowStore {
  // keyOf(row) -> string; cap: most rows held; mayGo(row): whether a row may be dropped to make room.
  constructor({ keyOf, cap, mayGo = () => true }) {
    this.keyOf = keyOf;
    this.cap = cap;
    this.mayGo = mayGo;
    this.turn = new Turn(() => this.flush(), SOON_MS);
    this.rows = new Map();
    this.version = signal(0);
    this.listeners = new Set();
    this.changed = new Map();
    this.removed = new Map();
    this.fresh = new Set();
    this.fullAt = cap + SLACK;
  }

  get size() {
    return this.rows.size;
  }

  get(key) {
    return this.rows.get(key);
  }

  all() {
    return [...this.rows.values()];
  }

  put(row) {
    const key = this.keyOf(row);
    if (!this.rows.has(key) && !this.removed.delete(key)) this.fresh.add(key);
    this.rows.set(key, row);
    this.changed.set(key, row);
    if (this.rows.size > this.fullAt) this.makeRoom();
    this.turn.ask();
  }

  remove(key) {
    const row = this.rows.get(key);
    if (!row) return;
    this.rows.delete(key);
    this.changed.delete(key);
    if (!this.fresh.delete(key)) this.removed.set(key, row);
    this.turn.ask();
  }

  // listener({add, update, remove}); answers a function that ends it.
  subscribe(listener) {
    this.flush();
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  flush() {
    if (this.rows.size > this.cap) this.makeRoom();
    this.turn.forget();
    const size = this.changed.size + this.removed.size;
    if (!size) return;
    const change = { add: [], update: [], remove: [...this.removed.values()] };
    for (const [key, row] of this.changed) (this.fresh.has(key) ? change.add : change.update).push(row);
    this.changed.clear();
    this.removed.clear();
    this.fresh.clear();
    for (const listener of this.listeners) listener(change);
    this.version.value += 1;
  }

  makeRoom() {
    let over = this.rows.size - this.cap;
    for (const [key, row] of this.rows) {
      if (over <= 0) break;
      if (!this.mayGo(row)) continue;
      this.remove(key);
      over -= 1;
    }
    this.fullAt = Math.max(this.rows.size, this.cap) + SLACK; // what may not go is not looked at again for every row
  }
}
