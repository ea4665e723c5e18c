// Every session with its state, why it is in it, both sequence numbers, and when something last came and went.
import { html, signal } from '../lib.js';
import { ago, dayAndTime, time } from '../fix/times.js';
import { loaded, selectSession, selectedSession, sessions } from '../state/desk.js';
import { deskTime } from '../net/clock.js';
import { rest } from '../net/rest.js';
import { deskAway, down, shortTime } from '../state/liveness.js';
import { zone } from '../state/prefs.js';
import { withoutCountdown } from '../state/session_news.js';
import { toast } from '../state/toasts.js';
import { ask } from '../state/view.js';
import { Icon } from './bits.js';
import { editSession } from './session_config.js';
import { Light, stateOf } from './session_light.js';
import { openTool } from './session_tools.js';
import { ConnectButton } from './topbar.js';

export const Sessions = () => html`<section class="panel sessions" aria-labelledby="sessions-title" data-testid="sessions">
  <div class="sessions-head"><h2 id="sessions-title">Sessions</h2><button type="button" class="small" data-testid="add-session" disabled=${Boolean(deskAway.value)} title=${deskAway.value} onClick=${() => editSession('')}><${Icon} name="plus" size=${12} /> Add</button></div>
  <ul>
    ${sessions.value.map((session) => html`<${Card} key=${session.name} session=${session} chosen=${session.name === selectedSession.value?.name} />`)}
  </ul>
  ${loaded.value && !sessions.value.length && html`<p class="empty">No session is configured. Add one here, or to <code>multi_session_config.json</code>.</p>`}
</section>`;

const FEW = 2; // of so many the cards are whole; of more, one that is well and not traded on is a line
const isWell = (session) => stateOf(session) === 'connected' && !session.breaker && !session.pending_reconnect.length && !expiry('', session.tls_expires_at) && !expiry('', session.own_tls_expires_at);
const unfolded = signal(new Set());

function unfold(name) {
  const next = new Set(unfolded.value);
  if (!next.delete(name)) next.add(name);
  unfolded.value = next;
}

function Card({ session, chosen }) {
  const foldable = sessions.value.length > FEW && !chosen && isWell(session);
  const folded = foldable && !unfolded.value.has(session.name);
  return html`<li class=${`session ${chosen ? 'chosen' : ''}`} data-testid=${`session-${session.name}`} data-state=${stateOf(session)}>
    <div class="session-head">
      ${folded && html`<${Light} session=${session} words=${false} />`}
      <button type="button" class="session-name" aria-pressed=${chosen} title="Use this session on the ticket" onClick=${() => selectSession(session.name)}>
        <b>${session.name}</b></button>
      ${foldable && html`<button type="button" class="icon-button" aria-expanded=${!folded} aria-label=${`Details of ${session.name}`} title="Details" onClick=${() => unfold(session.name)}><${Icon} name=${folded ? 'down' : 'up'} size=${12} /></button>`}
      <${ConnectButton} session=${session} testid=${`connect-${session.name}`} />
    </div>
    ${!folded && html`<${Details} session=${session} />`}
  </li>`;
}

const Details = ({ session }) => html`<p class="session-state"><${Light} session=${session} /> <span class="quiet" title=${`At ${session.server_ip}:${session.port}, heartbeat every ${session.heartbeat_interval} s`}>${session.fix_version} · ${session.sender_comp_id} → ${session.target_comp_id}</span></p>
  <${Reason} session=${session} />
  ${session.schedule && html`<p class="quiet hours" data-testid=${`hours-${session.name}`} title=${hoursTitle(session.schedule)}>${hours(session.schedule)}</p>`}
  ${expiry('TLS certificate', session.tls_expires_at)}
  ${expiry('Our TLS certificate', session.own_tls_expires_at)}
  ${session.pending_reconnect.length > 0 && html`<p class="tone-wait" data-testid=${`pending-${session.name}`}>With the next connection: ${session.pending_reconnect.join(', ')}</p>`}
  ${session.breaker && html`<p class="reason" data-testid=${`breaker-${session.name}`}><${Icon} name="pause" size=${12} /> ${session.breaker}. <button type="button" class="small" data-testid=${`let-go-${session.name}`} onClick=${() => letGo(session.name)}>Let go…</button></p>`}
  <dl class="session-facts">
    <${Fact} name="Next out" title="Next MsgSeqNum(34) we send" value=${session.next_sender_seq_num} />
    <${Fact} name="Next in" title="Next MsgSeqNum(34) we expect" value=${session.next_target_seq_num} />
    <${Fact} name="Last out" title=${dayAndTime(session.last_sent_at, zone.value)} value=${session.last_sent_at && ago(session.last_sent_at, deskTime.value)} />
    <${Fact} name="Last in" title=${`${dayAndTime(session.last_received_at, zone.value)}${session.connected_at ? `; connected at ${time(session.connected_at, zone.value)}` : ''}`}
      value=${session.last_received_at && ago(session.last_received_at, deskTime.value)} />
  </dl>
  <div class="session-tools">
    <button type="button" class="small" data-testid=${`numbers-${session.name}`} disabled=${Boolean(deskAway.value)} title=${deskAway.value} aria-label=${`Sequence numbers of ${session.name}`} onClick=${() => openTool(session.name, 'numbers')}>Numbers</button>
    <button type="button" class="small" data-testid=${`why-${session.name}`} disabled=${Boolean(deskAway.value)} title=${deskAway.value} aria-label=${deskAway.value ? `Why, of ${session.name}` : `Why is ${session.name} ${session.logged_on ? 'logged on' : 'not logged on'}?`} onClick=${() => openTool(session.name, 'why')}>Why?</button>
    <button type="button" class="small" data-testid=${`edit-${session.name}`} disabled=${Boolean(deskAway.value)} title=${deskAway.value} aria-label=${`Edit the configuration of ${session.name}`} onClick=${() => editSession(session.name)}>Edit</button>
  </div>`;

// Why it is down and since when. When the engine tries again is counted down here, and not said for good by the reason.
function Reason({ session }) {
  if (session.logged_on || deskAway.value) return null;
  const since = down.value.get(session.name);
  const parts = [withoutCountdown(session.reason) || 'Not connected', since && `since ${shortTime(since)}`, again(session)];
  return html`<p class="reason" data-testid=${`reason-${session.name}`}>${parts.filter(Boolean).join('; ')}</p>`;
}

function again({ next_attempt_at: at }) {
  const seconds = at ? Math.ceil((Date.parse(at) - deskTime.value) / 1000) : 0;
  return seconds > 0 && `trying again in ${seconds} s`;
}

const letGo = (name) => ask({
  title: `Let new orders of ${name} go again?`, text: 'Find out first why they were rejected: the texts are in the message log.', list: [], confirm: 'Let go',
  act: () => rest.letGo(name).catch((error) => toast('error', error.title ?? 'Failed', error.text ?? String(error))),
});

const DAY_MS = 86_400_000;

function expiry(what, at) {
  const days = at ? (Date.parse(at) - deskTime.value) / DAY_MS : Infinity;
  return days <= 30 && html`<p class="tone-wait"><${Icon} name="warn" size=${12} /> ${what} expires ${dayAndTime(at, zone.value).slice(0, 10)}, in ${Math.max(0, Math.floor(days))} days</p>`;
}

// In the reader's zone, then in the counterparty's.
function hours({ is_open, opens_at, closes_at, opens_at_local, closes_at_local, timezone }) {
  if (!opens_at) return 'No day within a year on which it opens';
  const [at, local] = is_open ? [closes_at, closes_at_local] : [opens_at, opens_at_local];
  return `${is_open ? 'Closes' : 'Opens'} ${dayAndTime(at, zone.value).slice(0, 16)} ${zone.value} · ${local.slice(0, 16).replace('T', ' ')} ${timezone}`;
}

const hoursTitle = ({ days_of_week, holidays, reset_seq_nums }) => `Days: ${days_of_week.join(', ')}${holidays.length ? `; closed on ${holidays.join(', ')}` : ''}${reset_seq_nums ? '; sequence numbers begin at 1 in each session' : ''}`;

const Fact = ({ name, title, value }) => html`<div title=${title}><dt>${name}</dt><dd class="num">${value ?? '–'}</dd></div>`;
