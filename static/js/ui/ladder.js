// An order's messages as a conversation: we on the left, the counterparty on the right, with what each CumQty is made of.
import { html, signal, useState } from '../lib.js';
import { showDecimal } from '../fix/decimal.js';
import { msgTypeName, statusLabel, words } from '../fix/names.js';
import { dayAndTime, duration, time } from '../fix/times.js';
import { zone } from '../state/prefs.js';
import { Icon } from './bits.js';
import { Decode } from './decode.js';
import { Proof } from './proof.js';

const pointed = signal(null); // the message under the pointer, or that has the focus: its question and answers stand out

const MARKS = {
  resent: ['wait', 'sent again', 'PossDupFlag(43): the same number had been sent before'],
  possibly_resent: ['wait', 'maybe sent before', 'PossResend(97): under another number'],
  reject: ['bad', 'rejects', 'It refuses an order, a request or a message'],
  bust: ['bad', 'bust', 'A fill is taken back'],
  correction: ['wait', 'correction', 'A fill is put right'],
  not_counted: ['wait', 'counted before', 'Its ExecID was counted before, so it counts nothing now'],
};

const OURS = { D: 'Sent', F: 'Cancel sent', G: 'Replace sent', H: 'Asked for its status' };

export function Ladder({ ladder, more }) {
  const { steps, us, them } = ladder;
  const numbers = new Map(steps.filter(({ direction }) => direction !== 'EVENT').map(({ id }, at) => [id, at + 1]));
  const asked = pointed.value === null ? null : steps.find(({ id }) => id === pointed.value)?.answers ?? null;
  const isPartner = (step) => pointed.value !== null && (step.answers === pointed.value || step.id === asked);
  const rung = (step) => html`<${Rung} key=${step.id} step=${step} ladder=${ladder} numbers=${numbers} partner=${isPartner(step)} />`;
  return html`<div class="ladder" data-testid="ladder">
    <div class="rung-heads" aria-hidden="true"><span></span><span>${us}</span><span>${them}</span><span></span></div>
    ${ladder.next_before !== null && html`<button type="button" class="small" onClick=${more}>Older messages</button>`}
    <ol>${runs(steps).map((run) => (run[0].nothing_new ? html`<${Again} key=${`again${run[0].id}`} steps=${run} rung=${rung} />` : run.map(rung)))}</ol>
  </div>`;
}

// What follows each other and says nothing new is one line.
function runs(steps) {
  const found = [];
  for (const step of steps) {
    if (step.nothing_new && found.at(-1)?.[0].nothing_new) found.at(-1).push(step);
    else found.push([step]);
  }
  return found;
}

function Again({ steps, rung }) {
  const [open, setOpen] = useState(false);
  const many = steps.length > 1;
  const what = steps.every(({ msg_type: type }) => type === '8') ? 'report' : 'message';
  return html`<li class="rung rung-again"><span class="rung-time num" title=${dayAndTime(steps[0].at, zone.value)}>${time(steps[0].at, zone.value)}</span>
      <button type="button" class="rung-label" aria-expanded=${open} data-testid="rung-again" onClick=${() => setOpen(!open)}><${Icon} name="down" size=${11} /> ${steps.length} ${what}${many ? 's' : ''} sent again at ${time(steps[0].at, zone.value).slice(0, 8)}, nothing new</button></li>
    ${open && steps.map(rung)}`;
}

function Rung({ step, ladder, numbers, partner }) {
  const [open, setOpen] = useState(false);
  if (step.direction === 'EVENT') return html`<${Note} step=${step} />`;
  const point = (id) => () => { pointed.value = id; };
  const at = ladder.steps.indexOf(step);
  const before = open && ladder.steps.slice(0, at).findLast((one) => one.direction === step.direction && one.msg_type === step.msg_type);
  const answered = numbers.get(step.answers);
  const undone = step.counted && ladder.steps.find((one) => one.taken_back === step.counted.exec_id);
  const line = { ...step, key: `rung#${step.id}`, session_name: ladder.session_name };
  return html`<li class=${`rung rung-${step.direction} ${partner ? 'rung-partner' : ''} ${step.nothing_new ? 'rung-old' : ''}`} data-testid="rung" data-msg-type=${step.msg_type} onMouseEnter=${point(step.id)} onMouseLeave=${point(null)}>
    <span class="rung-time num" title=${dayAndTime(step.at, zone.value)}>${time(step.at, zone.value)}<small>${step.after_previous_ms !== null && `+${duration(step.after_previous_ms)}`}</small></span>
    <div class="rung-lane">
      <button type="button" class="rung-label" aria-expanded=${open} onClick=${() => setOpen(!open)} onFocus=${point(step.id)} onBlur=${point(null)}>
        <span class="rung-number num">${numbers.get(step.id)}</span> <b>${step.msg_type_name ?? msgTypeName(step.msg_type)}</b> ${what(step, ladder, undone)}<span class="sr"> ${step.direction === 'IN' ? 'from the counterparty' : 'from us'}</span></button>
      <span class="rung-arrow" aria-hidden="true"></span>
      <p class="rung-more">${answered && html`<span class="quiet num">answers ${answered} after ${duration(step.after_request_ms)}</span>`}
        ${undone && html`<span class="chip chip-bad" data-mark="undone">${undone.marks.includes('bust') ? 'busted' : 'corrected'} by ${undone.exec_id ?? 'a person'}</span>`}
        ${step.marks.map((mark) => html`<span key=${mark} class=${`chip chip-${MARKS[mark][0]}`} title=${MARKS[mark][2]} data-mark=${mark}>${MARKS[mark][1]}</span>`)}</p>
      ${step.text && html`<p class="rung-text">${step.text}</p>`}
      ${step.cum_qty !== null && step.direction === 'IN' && !step.nothing_new && html`<${Proof} step=${step} at=${at} ladder=${ladder} />`}
    </div>
    <span class="rung-status">${stood(step)}</span>
    ${open && html`<div class="rung-detail"><${Decode} line=${line} inline previous=${before ? before.id : null} onClose=${() => setOpen(false)} /></div>`}
  </li>`;
}

// How the order stood then; what came again tells of another time.
function stood(step) {
  if (step.nothing_new) return html`<span class="quiet">as before</span>`;
  return step.status ? statusLabel({ status: step.status, order_id: true }) : OURS[step.msg_type] ?? '';
}

const Note = ({ step }) => html`<li class="rung rung-EVENT" data-testid="rung">
  <span class="rung-time num">${time(step.at, zone.value)}</span><p class="quiet"><${Icon} name="dot" size=${11} /> ${step.text}${step.counted && ` ${fill(step.counted)}`}</p><span></span></li>`;

function what(step, ladder, undone) {
  if (step.direction === 'OUT' || !step.exec_type) return '';
  const target = step.taken_back ?? (step.marks.includes('bust') || step.marks.includes('correction') ? step.exec_ref_id : null);
  const gone = target && ladder.steps.find((one) => one.counted?.exec_id === target)?.counted;
  const of = target ? html` of <span class="mono">${target}</span>${gone && html` <s>${fill(gone)}</s>`}${step.counted && ', now'}` : '';
  const said = step.counted ?? (step.nothing_new && /[1-9]/.test(step.last_qty ?? '') ? { qty: step.last_qty, px: step.last_px } : null);
  return html`${words(step.exec_type)}${of} ${said && (undone ? html`<s>${fill(said)}</s>` : fill(said))}`;
}

const fill = ({ qty, px }) => `${showDecimal(qty)}${px === null ? '' : ` at ${showDecimal(px, 2)}`}`;
