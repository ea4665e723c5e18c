// What was sent from the composer, and what the counterparty said to it, as it comes in.
import { html, useState } from '../lib.js';
import { msgTypeName, sideLabel } from '../fix/names.js';
import { between, duration, time } from '../fix/times.js';
import { sent } from '../state/answers.js';
import { zone } from '../state/prefs.js';
import { Icon } from './bits.js';
import { Decode } from './decode.js';

const TONES = { 3: 'bad', j: 'bad', 9: 'bad', Y: 'bad', AG: 'bad' };

export const Answers = () => sent.value.length > 0 && html`<section class="composer-answers" aria-label="Sent, with the answers" data-testid="composer-answers">
  <h3>Sent</h3>
  <ol>${sent.value.map((one) => html`<${Sent} key=${one.message_id} one=${one} />`)}</ol>
</section>`;

function Sent({ one }) {
  const own = { id: one.message_id, raw: one.raw, session_name: one.session_name, msg_type: one.msg_type, direction: 'OUT', at: one.at, msg_seq_num: one.msg_seq_num };
  return html`<li data-testid="composer-sent" data-waiting=${one.waiting}>
    <${Line} line=${own} name=${one.name} />
    <ol aria-live="polite">${one.answers.map((answer) => html`<li key=${answer.id} data-testid="composer-answer" data-msg-type=${answer.msg_type}><${Line} line=${answer} name=${answer.msg_type_name ?? msgTypeName(answer.msg_type)} since=${one.timed ? one.at : null} /></li>`)}</ol>
    ${one.fault && html`<p class="fault">${one.fault}</p>`}
    ${one.waiting && !one.answers.length && html`<p class="quiet answer-wait"><${Icon} name="half" size=${12} /> No answer yet</p>`}
  </li>`;
}

function Line({ line, name, since }) {
  const [open, setOpen] = useState(false);
  const incoming = line.direction === 'IN';
  return html`<button type="button" class="answer-line" aria-expanded=${open} onClick=${() => setOpen(!open)}>
      <span class="num quiet">${time(line.at, zone.value)}</span> <${Icon} name=${incoming ? 'in' : 'out'} size=${11} /> ${incoming ? 'in' : 'out'}
      <b class=${incoming && TONES[line.msg_type] ? `tone-${TONES[line.msg_type]}` : ''}>${name}</b> <span class="quiet num">${line.msg_seq_num ?? ''}</span>
      ${since && html`<span class="num quiet">after ${duration(between(since, line.at))}</span>`}
      ${incoming && html`<span class="answer-gist">${gist(line.raw)}</span>`}</button>
    ${open && html`<${Decode} line=${{ ...line, key: `answer#${line.id}` }} inline onClose=${() => setOpen(false)} />`}`;
}

const EXEC_TYPES = { 0: 'new', 1: 'part filled', 2: 'filled', 4: 'canceled', 5: 'replaced', 6: 'pending cancel', 8: 'rejected', A: 'pending new', C: 'expired', E: 'pending replace', F: 'trade' };

// The few words that tell most: what an execution report is and of which order, and the counterparty's text.
function gist(raw) {
  const fields = Object.fromEntries((raw ?? '').split('|').map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]));
  const what = fields[35] === '8' ? EXEC_TYPES[fields[150]] : fields[35] === '3' && fields[371] ? `tag ${fields[371]}` : null;
  const order = fields[35] === '8' && fields[55] ? `${sideLabel(fields[54])} ${fields[38] ?? ''} ${fields[55]}` : null;
  return [[what, order].filter(Boolean).join(', '), fields[58]].filter(Boolean).join(': ');
}
