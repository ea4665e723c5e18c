// The message log: only the rows in sight are in the document, and the tail is followed until someone scrolls up.
import { effect, html, signal, useEffect, useLayoutEffect, useRef } from '../lib.js';
import { msgTypeName } from '../fix/names.js';
import { sessions } from '../state/desk.js';
import { log, logFilter, NO_FILTER } from '../state/log.js';
import { zone } from '../state/prefs.js';
import { logPath } from '../state/route.js';
import '../state/type_names.js';
import { decoded, searching } from '../state/view.js';
import { Icon } from './bits.js';
import { BottomTabs } from './bottom_tabs.js';
import { Found, History, walkFound } from './history.js';
import { Decode } from './decode.js';
import { EventDetail } from './event_detail.js';
import { LinkButton } from './link_button.js';
import { DIRECTIONS, inWords, Line, ROW, whole } from './log_line.js';

const SPARE = 6; // rows drawn beyond each edge

const following = signal(true);
const scrollTop = signal(0);
const height = signal(400);

function set(name, value) {
  logFilter.value = { ...NO_FILTER, ...logFilter.value, [name]: value };
}

export const Log = () => html`<section class=${`panel log ${decoded.value ? 'with-decode' : ''}`} aria-label="Messages" data-testid="log" onKeyDown=${onKeyDown}>
  ${searching.value ? html`<${History} />` : html`<${Bar} />`}
  <div class="log-body">
    ${searching.value ? html`<${Found} />` : html`<${Lines} /><${News} />`}
    ${decoded.value && html`<${Opened} line=${decoded.value} />`}
  </div>
</section>`;

const Opened = ({ line }) => (line.direction === 'EVENT' ? html`<${EventDetail} line=${line} onClose=${() => { decoded.value = null; }} />` : html`<${Decode} line=${line} />`);

function Bar() {
  const now = { ...NO_FILTER, ...logFilter.value };
  const changed = JSON.stringify(now) !== JSON.stringify(NO_FILTER);
  return html`<div class="bar">
    <${BottomTabs} of="log" />
    <${Count} />
    <select aria-label="Session" data-testid="log-session" value=${now.session} onChange=${(event) => set('session', event.target.value)}>
      <option value="">All sessions</option>${sessions.value.map((one) => html`<option key=${one.name} value=${one.name} selected=${one.name === now.session}>${one.name}</option>`)}</select>
    <select aria-label="Direction" data-testid="log-direction" value=${now.direction} onChange=${(event) => set('direction', event.target.value)}>
      <option value="">Any direction</option>${Object.entries(DIRECTIONS).map(([value, [, label]]) => html`<option key=${value} value=${value} selected=${value === now.direction}>${label}</option>`)}</select>
    <select aria-label="Message type" data-testid="log-type" value=${now.msgType} onChange=${(event) => set('msgType', event.target.value)}>
      <option value="">All types</option>${[...new Set([...log.types.value, ...(now.msgType ? [now.msgType] : [])])].sort().map((one) => html`<option key=${one} value=${one} selected=${one === now.msgType}>${one} ${msgTypeName(one)}</option>`)}</select>
    <input type="search" class="search" placeholder="Text or tag=value" aria-label="Search the messages" data-testid="log-search" value=${now.text} onInput=${(event) => set('text', event.target.value)}
      onKeyDown=${intoLines} />
    <label class="check"><input type="checkbox" data-testid="log-heartbeats" checked=${now.heartbeats} onChange=${(event) => set('heartbeats', event.target.checked)} /> Heartbeats</label>
    <label class="check wide-only" title="Show BeginString to SendingTime and CheckSum in the rows too"><input type="checkbox" checked=${whole.value} onChange=${(event) => { whole.value = event.target.checked; }} /> Header</label>
    <label class="check wide-only" title="Say in words what each message says"><input type="checkbox" data-testid="log-words" checked=${inWords.value} onChange=${(event) => { inWords.value = event.target.checked; }} /> Words</label>
    ${changed && html`<button type="button" class="small" onClick=${() => { logFilter.value = NO_FILTER; }}>Clear</button>`}
    <span class="grow"></span>
    <button type="button" class="small" data-testid="log-history" title="Search everything that is stored (h)" onClick=${() => { searching.value = true; }}>History…</button>
    <${LinkButton} path=${() => logPath(now)} what="this filter" testid="log-link" />
    <button type="button" class="small toggle" aria-pressed=${following.value} data-testid="log-follow" onClick=${() => { following.value = !following.value; }}>
      ${following.value && html`<${Icon} name="check" size=${12} />`} Follow</button>
  </div>`;
}

function Count() {
  log.version.value;
  return html`<h2><span class="num count" data-testid="log-count">${log.view.length === log.size ? log.size : `${log.view.length} of ${log.size}`}</span></h2>`;
}

const MOST_NEWS = 9999;
let seen = null; // the newest line when the tail was left

effect(() => {
  seen = following.value ? null : log.view.at(-1) ?? null;
});

function News() {
  log.version.value;
  if (following.value) return null;
  let count = 0;
  for (let at = log.view.length - 1; at >= 0 && count < MOST_NEWS && log.view[at] !== seen && log.view[at].at >= (seen?.at ?? ''); at -= 1) count += 1;
  return count > 0 && html`<button type="button" class="log-news" data-testid="log-news" onClick=${() => { following.value = true; }}>${count === MOST_NEWS ? `${count} or more` : count} new <${Icon} name="down" size=${12} /></button>`;
}

// Where the reader is, also while the log is out of sight.
const placed = { dropped: 0, top: 0, box: null };

function Lines() {
  const box = useRef(null);
  const places = useRef(new Places());
  log.version.value; // drawn again when the log changes
  const follow = following.value;
  const tall = log.view.length * ROW;
  useEffect(() => {
    const watch = new ResizeObserver(() => {
      if (!box.current?.clientHeight) return; // it has just gone, or is hidden
      height.value = box.current.clientHeight;
      box.current.scrollTop = placed.top; // what was hidden has lost its place
    });
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  // Lines that left at the top must not move what someone is reading.
  const gone = log.dropped - placed.dropped;
  placed.dropped = log.dropped;
  const end = Math.max(0, tall - height.value);
  const top = Math.min(end, follow ? end : Math.max(0, scrollTop.value - Math.max(0, gone) * ROW));
  useLayoutEffect(() => {
    // Asked of the document, it would be laid out for the answer; an element that is new stands at its top.
    if (placed.top === top && placed.box === box.current) return;
    placed.box = box.current;
    placed.top = top;
    scrollTop.value = top;
    box.current.scrollTop = top;
  }, [top]);
  const onScroll = (event) => {
    const element = event.currentTarget;
    if (!element.clientHeight) return; // it is hidden
    const at = element.scrollTop;
    if (at > tall - element.clientHeight - ROW) following.value = true;
    else if (at < placed.top - 2) following.value = false;
    placed.top = at;
    scrollTop.value = at;
  };
  const first = Math.max(0, Math.floor(top / ROW) - SPARE);
  const shown = log.view.slice(first, first + Math.ceil(height.value / ROW) + 2 * SPARE);
  const keys = places.current.take(shown);
  return html`<div class=${`lines ${inWords.value ? 'in-words' : ''}`} ref=${box} onScroll=${onScroll} data-testid="log-lines" role=${shown.length ? 'list' : 'region'} aria-label="Messages, newest last" tabindex="0">
    <div class="lines-space" style=${{ height: `${tall}px` }}>
      <div style=${{ transform: `translateY(${first * ROW}px)` }}>
        ${shown.map((line, at) => html`<${Line} key=${keys[at]} line=${line} zone=${zone.value} whole=${whole.value} words=${inWords.value} chosen=${decoded.value?.key === line.key} />`)}
      </div>
    </div>
    ${!log.view.length && html`<p class="empty">${log.size ? 'No message passes the filter.' : 'No messages yet. Connect a session: its Logon appears here.'}</p>`}
  </div>`;
}

function intoLines(event) {
  if (event.key !== 'ArrowDown') return;
  event.preventDefault();
  document.querySelector('.log .lines').focus();
}

// Which of the elements in the document shows which line: a line keeps its own for as long as it is in sight, and a new one takes that of a line
// that has left. To write into an element costs a fraction of making one, and under load every line is new at each drawing.
class Places {
  constructor() {
    this.of = new Map(); // a line's key -> the number of its element
    this.made = 0;
  }

  take(lines) {
    const before = this.of;
    const kept = new Set(lines.map((line) => before.get(line.key)));
    const free = [...before.values()].filter((number) => !kept.has(number)).reverse();
    this.of = new Map(lines.map((line) => [line.key, before.get(line.key) ?? free.pop() ?? this.made++]));
    return [...this.of.values()];
  }
}

const typing = (target) => target.closest?.('input, textarea, select');

// Enter opens the newest message; up and down walk from message to message while one is decoded, also from within its detail.
function onKeyDown(event) {
  if (typing(event.target)) return;
  const box = event.currentTarget.querySelector('.lines');
  if (event.key === 'Enter' && event.target === box && !decoded.value && !searching.value) {
    decoded.value = log.view.at(-1) ?? null;
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !decoded.value) return;
  event.preventDefault();
  if (searching.value) walkFound(step, box);
  else walk(step, box);
}

function walk(step, box) {
  const at = log.view.findIndex((line) => line.key === decoded.value.key);
  if (at < 0) return;
  const to = at + step;
  if (!log.view[to]) return;
  decoded.value = log.view[to];
  const top = to * ROW;
  following.value = false;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + ROW > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW - box.clientHeight;
}
