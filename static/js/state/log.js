// The message log in memory: the newest 100,000 lines, and the view of them that the filter lets through.
import { effect, signal } from '../lib.js';
import { learnMsgType, msgTypeName } from '../fix/names.js';
import { remembered } from './prefs.js';
import { Turn } from './turns.js';

const CAP = 100000;
const SLACK = 5000; // lines are dropped in lumps: moving the array at every line would cost more than it saves
const SOON_MS = 20;
const QUIET = new Set(['0', '1']); // Heartbeat, TestRequest

export const keyOfLine = (line) => (line.id ? `#${line.id}` : `${line.session_name}|${line.direction}|${line.at}|${line.msg_seq_num}|${line.text ?? ''}`);

export const NO_FILTER = { session: '', direction: '', msgType: '', text: '', heartbeats: false };

export class Log {
  constructor(cap = CAP) {
    this.cap = cap;
    this.lines = [];
    this.view = [];
    this.keys = new Set();
    this.types = signal([]); // those that came, in order
    this.filter = NO_FILTER;
    this.version = signal(0);
    this.dropped = 0; // how many lines of the view went at its top since the filter was set
    this.turn = new Turn(() => { this.version.value += 1; }, SOON_MS);
  }

  get size() {
    return this.lines.length;
  }

  push(line) {
    const key = keyOfLine(line);
    if (this.keys.has(key)) return;
    this.keys.add(key);
    line.key = key;
    this.learnType(line.msg_type);
    this.lines.push(line);
    if (this.passes(line)) this.view.push(line);
    if (this.lines.length > this.cap + SLACK) this.trim();
    this.changed();
  }

  // Lines from REST, in any order, put where their time says.
  merge(lines) {
    let news = 0;
    for (const line of lines) {
      const key = keyOfLine(line);
      if (this.keys.has(key)) continue;
      this.keys.add(key);
      line.key = key;
      learnMsgType(line.msg_type, line.msg_type_name);
      this.learnType(line.msg_type);
      if (line.direction === 'EVENT' && !line.text) line.text = line.raw;
      this.lines.push(line);
      news += 1;
    }
    if (!news) return;
    this.lines.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : (a.id ?? 0) - (b.id ?? 0)));
    if (this.lines.length > this.cap) this.trim();
    this.refilter();
  }

  // Those from that id on are not what the desk calls so any more.
  forgetFrom(id) {
    const kept = this.lines.filter((line) => !(line.id >= id));
    if (kept.length === this.lines.length) return;
    this.lines = kept;
    this.keys = new Set(kept.map((line) => line.key));
    this.refilter();
  }

  trim() {
    const gone = this.lines.splice(0, this.lines.length - this.cap);
    for (const line of gone) this.keys.delete(line.key);
    const oldest = this.lines[0];
    let count = 0;
    while (count < this.view.length && !this.keys.has(this.view[count].key) && this.view[count] !== oldest) count += 1;
    this.view.splice(0, count);
    this.dropped += count;
  }

  setFilter(filter) {
    this.filter = filter;
    this.refilter();
  }

  refilter() {
    this.needle = this.filter.text.trim().toLowerCase();
    this.view = this.lines.filter((line) => this.passes(line));
    this.dropped = 0;
    this.changed();
  }

  passes(line) {
    const { session, direction, msgType, heartbeats } = this.filter;
    if (session && line.session_name !== session) return false;
    if (direction && line.direction !== direction) return false;
    if (msgType && line.msg_type !== msgType) return false;
    if (!heartbeats && !msgType && QUIET.has(line.msg_type)) return false;
    return !this.needle || this.matches(line);
  }

  matches(line) {
    const text = line.text ?? line.raw ?? '';
    return text.toLowerCase().includes(this.needle) || msgTypeName(line.msg_type).toLowerCase().includes(this.needle);
  }

  clear() {
    this.lines = [];
    this.keys.clear();
    this.refilter();
  }

  learnType(type) {
    if (type && !this.types.peek().includes(type)) this.types.value = [...this.types.peek(), type].sort();
  }

  changed() {
    this.turn.ask();
  }
}

export const log = new Log();

export const logFilter = remembered('log.filter', NO_FILTER);

effect(() => log.setFilter({ ...NO_FILTER, ...logFilter.value }));
