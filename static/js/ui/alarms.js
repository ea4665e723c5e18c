// Reports that QuickFIX refused or the desk could not understand: what each would do to its order; book it or dismiss it.
import { html, useEffect, useState } from '../lib.js';
import { showDecimal } from '../fix/decimal.js';
import { msgTypeName, statusLabel, words } from '../fix/names.js';
import { dayAndTime } from '../fix/times.js';
import { rest } from '../net/rest.js';
import { alarms, alarmsOpen } from '../state/alarms.js';
import { zone } from '../state/prefs.js';
import { toast } from '../state/toasts.js';
import { messagePath } from '../state/route.js';
import { AskStatus } from './ask_status.js';
import { Dialog } from './dialog.js';
import { LinkButton } from './link_button.js';
import { Checks, Tree } from './tree.js';

// What is most often missing or wrong in a report.
const CORRECTIONS = [[11, 'ClOrdID'], [32, 'LastQty'], [31, 'LastPx'], [14, 'CumQty'], [39, 'OrdStatus'], [17, 'ExecID']];

const close = () => {
  alarmsOpen.value = false;
};

export function Alarms() {
  const [chosen, setChosen] = useState(null);
  if (!alarmsOpen.value) return null;
  const alarm = alarms.value.find(({ id }) => id === chosen) ?? alarms.value[0];
  return html`<${Dialog} title=${alarm ? 'Reports that are in no order' : 'No alarms'} onClose=${close} testid="alarms">
    ${alarm ? html`<p class="quiet">They came, and were not taken into account. Find out what holds, then book or dismiss each.</p>
      ${alarms.value.length > 1 && html`<label class="wide-label">Which of ${alarms.value.length}<select data-testid="alarm-picker" onChange=${(event) => setChosen(Number(event.target.value))}>
        ${alarms.value.map((one) => html`<option key=${one.id} value=${one.id} selected=${one.id === alarm.id}>${headline(one)}</option>`)}</select></label>`}
      <${One} key=${alarm.id} alarm=${alarm} />` : html`<p>Every report of every counterparty is in its order.</p>
      <div class="dialog-buttons"><button type="button" class="primary" onClick=${close}>Close</button></div>`}
  <//>`;
}

const headline = (alarm) => `${dayAndTime(alarm.at, zone.value)} ${alarm.session_name} ${msgTypeName(alarm.msg_type)} ${alarm.cl_ord_id ?? 'without ClOrdID'}`;

function One({ alarm }) {
  const [booking, setBooking] = useState(null);
  const [said, setSaid] = useState({});
  const [fields, setFields] = useState({});
  const [ladder, setLadder] = useState(null);
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const attempt = async (work) => {
    setProblem(null);
    setBusy(true);
    try {
      await work();
    } catch (error) {
      setProblem(error.text ?? String(error));
    } finally {
      setBusy(false);
    }
  };
  useEffect(() => {
    attempt(async () => {
      const found = await rest.alarm(alarm.id);
      setSaid(Object.fromEntries(found.fields.map(({ tag, value }) => [tag, value]).reverse()));
      setBooking(found.booking);
    });
  }, [alarm.id]);
  // What a person has put in place of what the message says.
  const given = () => Object.fromEntries(Object.entries(fields).map(([tag, value]) => [tag, value.trim()]).filter(([tag, value]) => value && value !== said[tag]));
  const look = () => attempt(async () => setBooking(await rest.previewAlarm(alarm.id, given())));
  // What the counterparty answers may have changed the order already.
  const heard = (found) => {
    setLadder(found);
    look();
  };
  const settle = (work, word) => attempt(async () => {
    await work();
    toast('good', `${word}: ${msgTypeName(alarm.msg_type)} ${alarm.exec_id ?? ''}`, alarm.session_name);
  });
  const can = booking && !booking.problem;
  const missing = !reason.trim() ? 'Book and Dismiss want a reason: it stands in the session’s events.' : booking?.problem ? 'It can be dismissed, or booked once it is corrected.' : '';
  return html`<div class="alarm" data-testid="alarm" data-alarm=${alarm.id}>
    <p><b>${msgTypeName(alarm.msg_type)}</b> of ${alarm.session_name}, ${dayAndTime(alarm.at, zone.value)} ${zone.value === 'UTC' ? 'UTC' : 'local'}, ClOrdID <b class="num">${alarm.cl_ord_id ?? 'none'}</b>, ExecID <b class="num">${alarm.exec_id ?? 'none'}</b></p>
    <p><b class="tone-bad">${alarm.kind === 'refused' ? 'QuickFIX refused it' : 'Not understood'}:</b> ${alarm.why}</p>
    <${Effect} booking=${booking} why=${alarm.why} />
    <details data-testid="alarm-message"><summary>Message, field by field</summary><${Message} id=${alarm.id} /></details>
    <details open=${Boolean(booking?.problem)}><summary>Correct what the message says</summary><div class="corrections">
      ${CORRECTIONS.map(([tag, name]) => html`<label key=${tag}>${name}(${tag})<input type="text" autocomplete="off" class="num" data-testid=${`alarm-field-${tag}`} value=${fields[tag] ?? said[tag] ?? ''} onInput=${(event) => setFields({ ...fields, [tag]: event.target.value })} onChange=${look} /></label>`)}</div></details>
    <label class="wide-label">Reason, for the journal<input type="text" maxlength="200" autocomplete="off" data-testid="alarm-reason" value=${reason} onInput=${(event) => setReason(event.target.value)} /></label>
    ${problem && html`<p class="fault" role="alert" data-testid="alarm-problem">${problem}</p>`}
    ${alarm.cl_ord_id && html`<${AskStatus} clOrdId=${alarm.cl_ord_id} ladder=${ladder} onLadder=${heard} />`}
    <p class="quiet" data-testid="alarm-missing">${missing}</p>
    <div class="dialog-buttons"><button type="button" onClick=${close}>Later</button>
      <button type="button" disabled=${busy || !reason.trim()} data-testid="alarm-dismiss" onClick=${() => settle(() => rest.dismissAlarm(alarm.id, reason), 'Dismissed')}>Dismiss</button>
      <button type="button" class="primary" disabled=${busy || !can || !reason.trim()} data-testid="alarm-book" onClick=${() => settle(() => rest.bookAlarm(alarm.id, reason, given()), 'Booked')}>Book</button></div>
  </div>`;
}

// An alarm has the id of its message.
function Message({ id }) {
  const [found, setFound] = useState(null);
  const [fault, setFault] = useState(null);
  useEffect(() => {
    rest.message(id).then(setFound, (problem) => setFault(problem.text));
  }, [id]);
  return html`${fault && html`<p class="fault">${fault}</p>`}${found && html`<${Checks} tree=${found.tree} />
    <div class="decode-fields decode-within"><${Tree} tree=${found.tree} /></div>
    <p><${LinkButton} path=${() => messagePath(id)} what="this message" testid="alarm-link" /></p>`}`;
}

const counted = ({ exec_type: type, last_qty: qty, last_px: price }) => (qty && qty !== '0' ? `${showDecimal(qty)}${price ? ` at ${showDecimal(price, 2)}` : ''}` : `“${words(type)}”`);

// The reason stands above it already where it is the same.
const notBooked = (problem, why) => (why.includes(problem) || problem.includes(why) ? 'It can’t be booked as it stands. Correct below what the message says.' : `It can’t be booked: ${problem}.`);

function Effect({ booking, why }) {
  if (!booking) return html`<p class="quiet">Looking at what booking it would do…</p>`;
  const { problem, assumed, before, after, execution } = booking;
  return html`<div data-testid="alarm-effect" aria-live="polite">
    ${problem ? html`<p class="fault">${notBooked(problem, why)}</p>` : html`<p>Booking it${execution ? ` counts ${counted(execution)} and` : ''} leaves the order like this:</p>
      <table class="before-after"><thead><tr><th></th><th>Status</th><th class="num">CumQty</th><th class="num">LeavesQty</th><th class="num">AvgPx</th></tr></thead>
      <tbody>${[['Now', before], ['Booked', after]].map(([word, order]) => html`<tr key=${word}><th>${word}</th><td>${statusLabel(order)}</td><td class="num">${showDecimal(order.cum_qty)}</td><td class="num">${showDecimal(order.leaves_qty)}</td><td class="num">${showDecimal(order.avg_px, 2)}</td></tr>`)}</tbody></table>`}
    ${assumed.length > 0 && html`<ul class="assumed">${assumed.map(({ tag, name, value, why }, at) => html`<li key=${at}>${value === null ? `${name}(${tag}) is left out` : `${name}(${tag}) is taken as ${value}`}: ${why}.</li>`)}</ul>`}</div>`;
}
