// The log's other side: stored messages, searched by tag and value, newest first. Set apart from the live log in look and word.
import { html } from '../lib.js';
import { knownMsgTypes, msgTypeName } from '../fix/names.js';
import { clock } from '../fix/times.js';
import { sessions } from '../state/desk.js';
import { asked, csvPath, forget, found, more, MOST, NOTHING, search } from '../state/history.js';
import { log } from '../state/log.js';
import { zone } from '../state/prefs.js';
import { historyPath } from '../state/route.js';
import { decoded, searching } from '../state/view.js';
import { Icon } from './bits.js';
import { LinkButton } from './link_button.js';
import { DIRECTIONS, inWords, Line, ROW, whole } from './log_line.js';

const HINT = 'Fields as tag:value or name:value (55:AAPL, OrdStatus:FILLED), 58~late for a part of one, 58:* for any; other words anywhere in the message';

const set = (name) => (event) => {
  asked.value = { ...asked.value, [name]: event.target.value };
};

function leave() {
  searching.value = false;
  decoded.value = null;
}

export function History() {
  const form = asked.value;
  const { state } = found.value;
  const types = [...new Set([...knownMsgTypes(), ...log.types.value, ...(form.type ? [form.type] : [])])].sort((a, b) => msgTypeName(a).localeCompare(msgTypeName(b)));
  const submit = (event) => {
    event.preventDefault();
    search();
  };
  return html`<form class="bar history-bar" role="search" aria-label="Search stored messages" onSubmit=${submit} data-testid="history">
    <h2><${Icon} name="book" size=${13} /> History <span class="quiet">not live</span></h2>
    <input type="search" class="search history-query" placeholder='55:AAPL 58~"too late" …' title=${HINT} aria-label="Fields and text to search for" data-testid="history-query" autofocus value=${form.q} onInput=${set('q')} />
    <select aria-label="Session" data-testid="history-session" value=${form.session} onChange=${set('session')}>
      <option value="">All sessions</option>${sessions.value.map((one) => html`<option key=${one.name} value=${one.name} selected=${one.name === form.session}>${one.name}</option>`)}</select>
    <select aria-label="Direction" data-testid="history-direction" value=${form.direction} onChange=${set('direction')}>
      <option value="">Any direction</option>${Object.entries(DIRECTIONS).map(([value, [, label]]) => html`<option key=${value} value=${value} selected=${value === form.direction}>${label}</option>`)}</select>
    <select aria-label="Message type" data-testid="history-type" value=${form.type} onChange=${set('type')}>
      <option value="">All types</option>${types.map((one) => html`<option key=${one} value=${one} selected=${one === form.type}>${msgTypeName(one)} ${one}</option>`)}</select>
    <${Time} name="from" label="From" /><${Time} name="to" label="To" />
    <button type="submit" class="small primary" disabled=${state === 'busy'} data-testid="history-search">${state === 'busy' ? 'Searching…' : 'Search'}</button>
    ${form !== NOTHING && html`<button type="button" class="small" onClick=${() => { asked.value = NOTHING; forget(); }}>Clear</button>`}
    <span class="grow"></span>
    <a class="button small" href=${csvPath(form)} download title="All that this search finds, not only what is shown" data-testid="history-csv">All as CSV</a>
    <${LinkButton} path=${() => historyPath(form)} what="this search" testid="history-link" />
    <button type="button" class="small" data-testid="history-leave" onClick=${leave}><${Icon} name="in" size=${11} /> Live</button>
  </form>`;
}

// The input knows no zone: what is typed is taken in the one that is chosen for the page.
const shown = (iso) => {
  if (!iso) return '';
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? '' : new Date(at.getTime() - (zone.value === 'UTC' ? 0 : at.getTimezoneOffset() * 60_000)).toISOString().slice(0, 19);
};

const taken = (text) => {
  const at = new Date(zone.value === 'UTC' ? `${text}Z` : text);
  return Number.isNaN(at.getTime()) ? '' : at.toISOString();
};

const Time = ({ name, label }) => html`<label class="check">${label} <input type="datetime-local" step="1" aria-label=${`${label}, ${zone.value === 'UTC' ? 'UTC' : 'local time'}`} data-testid=${`history-${name}`} value=${shown(asked.value[name])}
  onChange=${(event) => { asked.value = { ...asked.value, [name]: taken(event.target.value) }; }} /></label>`;

// From the message that is open to the next one of those that were found; box is what holds their lines.
export function walkFound(step, box) {
  const { rows } = found.value;
  const at = rows.findIndex((row) => row.key === decoded.value.key) + step;
  if (!rows[at]) return;
  decoded.value = rows[at];
  box.querySelector('[role=list]').children[at]?.scrollIntoView({ block: 'nearest' });
}

export function Found() {
  const { state, rows, next, at, fault } = found.value;
  const zoneWord = zone.value === 'UTC' ? 'UTC' : 'local';
  return html`<div class=${`lines history-lines ${inWords.value ? 'in-words' : ''}`} data-testid="history-lines" tabindex="0" role="region" aria-label="Stored messages, newest first">
    <p class="history-state" role="status" data-testid="history-state">${state === 'idle' && `Search everything that is stored: ${HINT[0].toLowerCase()}${HINT.slice(1)}.`}
      ${state === 'fault' && html`<span class="fault">${fault}</span>`}
      ${at && state !== 'fault' && `${state === 'busy' ? 'Searching…' : rows.length ? `${rows.length}${next ? ' or more' : ''} found` : 'Nothing found'}, as of ${clock(at, zone.value)} ${zoneWord}, newest first. What came since is not here.`}</p>
    <div role="list">${rows.map((line) => html`<${Line} key=${line.key} line=${line} zone=${zone.value} whole=${whole.value} words=${inWords.value} day chosen=${decoded.value?.key === line.key} />`)}</div>
    ${next && rows.length < MOST && html`<button type="button" class="small history-more" disabled=${state === 'busy'} data-testid="history-more" style=${{ height: `${ROW + 4}px` }} onClick=${more}>More</button>`}
    ${next && rows.length >= MOST && html`<p class="empty">${MOST} are shown. Ask for less, or take all as CSV.</p>`}
  </div>`;
}
