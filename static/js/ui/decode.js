// One message in full, decoded by the desk when it is asked for: as a tree, as raw text, with its checks.
import { html, useEffect, useState } from '../lib.js';
import { msgTypeName } from '../fix/names.js';
import { dayAndTime, duration } from '../fix/times.js';
import { rest } from '../net/rest.js';
import { sendAgain } from '../state/composer.js';
import { remembered, zone } from '../state/prefs.js';
import { messagePath, openMessage, openOrder } from '../state/route.js';
import { decoded, spread } from '../state/view.js';
import { Icon } from './bits.js';
import { CompareButtons } from './compare_buttons.js';
import { copyAs } from './copy.js';
import { LinkButton } from './link_button.js';
import { Checks, explained, Tree } from './tree.js';

const SOH = '\u0001';
const large = remembered('decode.large', false);

const ask = (line) => (line.id ? rest.message(line.id).catch((problem) => (problem.status === 404 ? rest.decode(line.raw, line.session_name) : Promise.reject(problem))) : rest.decode(line.raw, line.session_name));

// By the fields where they are all of the message: a | in a text is none between fields.
function withSoh(raw, fields) {
  const joined = fields.map(({ tag, value }) => `${tag}=${value}`);
  return joined.join('|') === raw.replace(/\|$/, '') ? joined.map((one) => one + SOH).join('') : raw.replaceAll('|', SOH);
}

export function Decode({ line, onClose = () => { decoded.value = null; }, inline = false, previous = null }) {
  const [answer, setAnswer] = useState({ key: null, found: null, fault: null });
  useEffect(() => {
    let current = true;
    ask(line).then(
      (found) => current && setAnswer({ key: line.key, found, fault: null }),
      (problem) => current && setAnswer({ key: line.key, found: null, fault: problem.text }),
    );
    return () => {
      current = false;
    };
  }, [line.key]);
  const isLarge = large.value || spread.value;
  const resize = () => {
    large.value = !isLarge;
    spread.value = false;
  };
  const { found, fault } = answer.key === line.key ? answer : { found: null, fault: null };
  return html`<aside class=${`decode ${isLarge && !inline ? 'decode-large' : ''}`} aria-label="Decoded message" data-testid="decode" tabindex=${inline ? undefined : -1}>
    <div class="decode-head">
      <h3>${line.msg_type_name ?? msgTypeName(line.msg_type)} <span class="quiet">${line.direction === 'IN' ? 'in' : 'out'}${line.msg_seq_num ? `, number ${line.msg_seq_num}` : ''}</span></h3>
      ${line.id && html`<${LinkButton} path=${() => messagePath(line.id)} what="this message" testid="message-link" />`}
      ${!inline && html`<button type="button" class="icon-button wide-only" aria-label=${isLarge ? 'Smaller' : 'Larger'} title=${isLarge ? 'Smaller' : 'Larger'} aria-pressed=${isLarge} data-testid="decode-large" onClick=${resize}><${Icon} name=${isLarge ? 'shrink' : 'grow'} size=${13} /></button>`}
      <button type="button" class="icon-button" aria-label="Close" data-testid="decode-close" onClick=${onClose}><${Icon} name="cross" size=${12} /></button>
    </div>
    <p class="quiet num">${line.session_name} · ${dayAndTime(line.at, zone.value)} ${zone.value === 'UTC' ? 'UTC' : 'local'}</p>
    ${line.refused && html`<p class="fault">QuickFIX did not accept it: ${line.refused}</p>`}
    ${found && html`<${Other} found=${found} />`}
    ${found && html`<${Checks} tree=${found.tree} />`}
    <div class="decode-buttons">
      ${found?.cl_ord_id && !inline && html`<button type="button" class="small" data-testid="message-order" onClick=${() => openOrder(found.cl_ord_id)}><${Icon} name="detail" size=${12} /> Its order</button>`}
      ${inline && html`<button type="button" class="small" data-testid="message-open" onClick=${() => openMessage(line.id)}><${Icon} name="detail" size=${12} /> In the log</button>`}
      <${CompareButtons} line=${line} previous=${previous} />
      <button type="button" class="small" onClick=${() => copyAs(line.raw, 'Message with |')}><${Icon} name="copy" size=${12} /> Copy with |</button>
      <button type="button" class="small" onClick=${() => copyAs(withSoh(line.raw, found?.fields ?? []), 'Message with SOH')}><${Icon} name="copy" size=${12} /> Copy with SOH</button>
      <button type="button" class="small toggle" aria-pressed=${explained.value} data-testid="explain" onClick=${() => { explained.value = !explained.value; }}>Explain</button>
      ${line.msg_type && html`<button type="button" class="small" data-testid="send-again" onClick=${() => sendAgain(line)}>Send again…</button>`}
    </div>
    ${fault && html`<p class="fault">${fault}</p>`}
    <div class="decode-fields">
      ${found && html`<${Tree} tree=${found.tree} blamed=${blamed(found)} />`}
      <details class="raw"><summary>Raw</summary><${Raw} line=${line} /></details>
    </div>
  </aside>`;
}

const REJECTS = new Set(['3', 'j', '9']);

// The field that a Reject names, in the message that it refuses: {tag, text}.
function blamed({ answered_by: by }) {
  return by?.ref_tag_id ? { tag: by.ref_tag_id, text: by.text || `The ${by.msg_type_name ?? 'Reject'} names it` } : null;
}

// What it answers, or what refuses it, with the way there.
function Other({ found }) {
  const other = found.answers ?? found.answered_by;
  if (!other) return null;
  const refusal = REJECTS.has((found.answers ? found : other).msg_type);
  const verb = found.answers ? (refusal ? 'Refuses' : 'Answers') : refusal ? 'Refused by' : 'Answered by';
  return html`<p class=${`decode-other ${refusal ? 'tone-bad' : ''}`} data-testid="other-message">${refusal && html`<${Icon} name="warn" size=${12} />`} ${verb} <button type="button" class="link" data-testid="other-open" onClick=${() => openMessage(other.id)}>${other.msg_type_name ?? msgTypeName(other.msg_type)} ${other.msg_seq_num ?? ''}</button>
    <span class="num"> after ${duration(other.after_ms)}</span>${!found.answers && other.text && `: ${other.text}`}</p>`;
}

function Raw({ line }) {
  const [soh, setSoh] = useState(false);
  return html`<p class="raw-choice">${[['|', false], ['SOH', true]].map(([word, value]) => html`<label key=${word} class="check"><input type="radio" name="raw-${line.key}" checked=${soh === value} onChange=${() => setSoh(value)} /> ${word}</label>`)}</p>
    <p class="mono raw-text" data-testid="raw">${soh ? line.raw.replaceAll('|', '␁') : line.raw}</p>`;
}
