// Rows by key, for a grid that is told what changed in lumps: at 1,000 orders/s one row may change several times
// between two paints, and only its last state matters.
import { signal } from '../lib.js';

// Drawn soon when little happens, less often when much does: nobody reads ten new pictures of a full table in a second.
const SOON_MS = 40;
const BUSY_MS = 250;
const BUSY_FROM = 50; // changes in one lump

export class RowStore {
  // keyOf(row) -> string; cap: most rows held; mayGo(row): whether a row may be dropped to make room.
  constructor({ keyOf, cap, mayGo = () => true }) {
    this.keyOf = keyOf;
    this.cap = cap;
    this.mayGo = mayGo;
    this.waitMs = SOON_MS;
    this.rows = new Map();
    this.version = signal(0);
    this.listeners = new Set();
    this.changed = new Map();
    this.removed = new Map();
    this.fresh = new Set();
    this.timer = null;
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
    this.schedule();
  }

  remove(key) {
    const row = this.rows.get(key);
    if (!row) return;
    this.rows.delete(key);
    this.changed.delete(key);
    if (!this.fresh.delete(key)) this.removed.set(key, row);
    this.schedule();
  }

  // listener({add, update, remove}); answers a function that ends it.
  subscribe(listener) {
    this.flush();
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  schedule() {
    this.timer ??= setTimeout(() => this.flush(), this.waitMs);
  }

  flush() {
    clearTimeout(this.timer);
    this.timer = null;
    this.makeRoom();
    const size = this.changed.size + this.removed.size;
    this.waitMs = size < BUSY_FROM ? SOON_MS : BUSY_MS;
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
    if (this.rows.size <= this.cap) return;
    let over = this.rows.size - this.cap;
    for (const [key, row] of this.rows) {
      if (!over) break;
      if (!this.mayGo(row)) continue;
      this.remove(key);
      over -= 1;
    }
    clearTimeout(this.timer);
    this.timer = null;
  }
}
