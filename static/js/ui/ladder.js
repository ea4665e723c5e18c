// An order's messages as a conversation: we on the left, the counterparty on the right, with what each CumQty is made of.
import { html, signal, useState } from '../lib.js';
import { showDecimal } from '../fix/decimal.js';
import { msgTypeName, statusLabel, words } from '../fix/names.js';
import { dayAndTime, time } from '../fix/times.js';
import { zone } from '../state/prefs.js';
import { Icon } from './bits.js';
import { Decode } from './decode.js';

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
  return html`<div class="ladder" data-testid="ladder">
    <div class="rung-heads" aria-hidden="true"><span></span><span>${us}</span><span>${them}</span><span></span></div>
    ${ladder.next_before !== null && html`<button type="button" class="small" onClick=${more}>Older messages</button>`}
    <ol>${steps.map((step, at) => html`<${Rung} key=${step.id} step=${step} at=${at} ladder=${ladder} numbers=${numbers} partner=${isPartner(step)} />`)}</ol>
  </div>`;
}

function Rung({ step, at, ladder, numbers, partner }) {
  const [open, setOpen] = useState(false);
  if (step.direction === 'EVENT') return html`<${Note} step=${step} />`;
  const point = (id) => () => { pointed.value = id; };
  const before = open && ladder.steps.slice(0, at).findLast((one) => one.direction === step.direction && one.msg_type === step.msg_type);
  const answered = numbers.get(step.answers);
  const line = { ...step, key: `rung#${step.id}`, session_name: ladder.session_name };
  return html`<li class=${`rung rung-${step.direction} ${partner ? 'rung-partner' : ''}`} data-testid="rung" data-msg-type=${step.msg_type} onMouseEnter=${point(step.id)} onMouseLeave=${point(null)}>
    <span class="rung-time num" title=${dayAndTime(step.at, zone.value)}>${time(step.at, zone.value)}<small>${step.after_previous_ms !== null && `+${duration(step.after_previous_ms)}`}</small></span>
    <div class="rung-lane">
      <button type="button" class="rung-label" aria-expanded=${open} onClick=${() => setOpen(!open)} onFocus=${point(step.id)} onBlur=${point(null)}>
        <span class="rung-number num">${numbers.get(step.id)}</span> <b>${step.msg_type_name ?? msgTypeName(step.msg_type)}</b> ${what(step)}<span class="sr"> ${step.direction === 'IN' ? 'from the counterparty' : 'from us'}</span></button>
      <span class="rung-arrow" aria-hidden="true"></span>
      <p class="rung-more">${answered && html`<span class="quiet num">answers ${answered} after ${duration(step.after_request_ms)}</span>`}
        ${step.marks.map((mark) => html`<span key=${mark} class=${`chip chip-${MARKS[mark][0]}`} title=${MARKS[mark][2]} data-mark=${mark}>${MARKS[mark][1]}</span>`)}</p>
      ${step.text && html`<p class="rung-text">${step.text}</p>`}
      ${step.cum_qty !== null && step.direction === 'IN' && html`<${Proof} step=${step} at=${at} ladder=${ladder} />`}
    </div>
    <span class="rung-status">${step.status ? statusLabel({ status: step.status, order_id: true }) : OURS[step.msg_type] ?? ''}</span>
    ${open && html`<div class="rung-detail"><${Decode} line=${line} inline previous=${before ? before.id : null} onClose=${() => setOpen(false)} /></div>`}
  </li>`;
}

const Note = ({ step }) => html`<li class="rung rung-EVENT" data-testid="rung">
  <span class="rung-time num">${time(step.at, zone.value)}</span><p class="quiet"><${Icon} name="dot" size=${11} /> ${step.text}${step.counted && ` ${counted(step)}`}</p><span></span></li>`;

function what(step) {
  if (step.direction === 'OUT') return '';
  const fill = step.counted ? ` ${counted(step)}` : '';
  return step.exec_type ? `${words(step.exec_type)}${fill}` : '';
}

const counted = ({ counted: { qty, px } }) => `${showDecimal(qty)}${px === null ? '' : ` at ${showDecimal(px, 2)}`}`;

export function duration(ms) {
  if (Math.abs(ms) < 10) return `${ms.toFixed(1)} ms`;
  if (Math.abs(ms) < 10_000) return `${Math.round(ms).toLocaleString('en')} ms`;
  if (Math.abs(ms) < 600_000) return `${(ms / 1000).toFixed(1)} s`;
  return ms < 0 ? `${Math.round(ms / 60_000)} min` : `${Math.floor(ms / 3_600_000)} h ${Math.floor((ms % 3_600_000) / 60_000)} min`;
}

// The fills behind a CumQty: every one that was counted up to then, those that were taken back with what did it.
function Proof({ step, at, ladder }) {
  const [open, setOpen] = useState(false);
  const icon = { true: 'check', false: 'warn', null: 'ring' }[step.adds_up];
  const said = { true: 'is the sum of its fills', false: `is not the sum of its fills, ${step.total}`, null: 'can’t be held against its fills' }[step.adds_up];
  return html`<div class="proof">
    <button type="button" class=${`proof-head ${step.adds_up === false ? 'tone-bad' : ''}`} aria-expanded=${open} data-testid="proof" data-adds-up=${String(step.adds_up)} title=${`CumQty(14) ${said}`} onClick=${() => setOpen(!open)}>
      <${Icon} name=${icon} size=${12} /> CumQty ${showDecimal(step.cum_qty)}<span class="sr"> ${said}</span></button>
    ${open && html`<${Parts} step=${step} steps=${ladder.steps.slice(0, at + 1)} ladder=${ladder} said=${said} />`}
  </div>`;
}

function Parts({ step, steps, ladder, said }) {
  const by = new Map(steps.filter((one) => one.taken_back).map((one) => [one.taken_back, one]));
  const parts = steps.filter((one) => one.counted);
  const carried = ladder.carried !== null && /[1-9]/.test(ladder.carried) && step.total !== step.cum_qty ? ladder.carried : null;
  return html`<table class="proof-parts" data-testid="proof-parts"><thead><tr><th>ExecID</th><th class="right">Quantity</th><th class="right">Price</th></tr></thead>
    <tbody>${parts.map((one) => {
      const gone = by.get(one.counted.exec_id);
      return html`<tr key=${one.counted.exec_id} class=${gone ? 'taken-back' : ''}><td><span class="mono">${one.counted.exec_id}</span>${gone && html`<small>${gone.marks.includes('bust') ? 'busted' : 'corrected'} by ${gone.exec_id ?? 'a person'}</small>`}</td><td class="num right">${showDecimal(one.counted.qty)}</td>
        <td class="num right">${showDecimal(one.counted.px, 2)}</td></tr>`;
    })}
    ${carried && html`<tr><td>done elsewhere, or by a split</td><td class="num right">${showDecimal(carried)}</td><td></td></tr>`}
    ${!parts.length && html`<tr><td colspan="3" class="quiet">${step.total === null ? 'Older executions are left out.' : 'No fill yet.'}</td></tr>`}</tbody>
    <tfoot><tr><th>Sum</th><td class="num right">${step.total === null ? '?' : showDecimal(step.total)}</td><td>${`CumQty(14) ${showDecimal(step.cum_qty)} ${said}`}</td></tr></tfoot></table>`;
}
