// One message, field by field: tag, name, value and what the value means. Decoded by the desk, when it is asked for.
import { html, useEffect, useState } from '../lib.js';
import { msgTypeName } from '../fix/names.js';
import { dayAndTime } from '../fix/times.js';
import { rest } from '../net/rest.js';
import { zone } from '../state/prefs.js';
import { toast } from '../state/toasts.js';
import { decoded } from '../state/view.js';
import { copy, Icon } from './bits.js';

const SOH = '\u0001';

const fetchFields = (line) => (line.id ? rest.message(line.id).catch(() => rest.decode(line.raw, line.session_name)) : rest.decode(line.raw, line.session_name));

export function Decode({ line, onClose = () => { decoded.value = null; } }) {
  const [answer, setAnswer] = useState({ line: null, fields: [], fault: null });
  useEffect(() => {
    let current = true;
    fetchFields(line).then(
      ({ fields }) => current && setAnswer({ line, fields, fault: null }),
      (problem) => current && setAnswer({ line, fields: [], fault: problem.text }),
    );
    return () => {
      current = false;
    };
  }, [line.key]);
  const put = async (text, what) => toast(...((await copy(text)) ? ['info', `${what} copied`] : ['error', 'Not copied', 'The browser did not allow it.']));
  const fields = answer.line === line ? answer.fields : [];
  return html`<aside class="decode" aria-label="Decoded message" data-testid="decode">
    <div class="decode-head">
      <h3>${msgTypeName(line.msg_type)} <span class="quiet">${line.direction === 'IN' ? 'in' : 'out'}${line.msg_seq_num ? `, number ${line.msg_seq_num}` : ''}</span></h3>
      <button type="button" class="icon-button" aria-label="Close" onClick=${onClose}><${Icon} name="cross" size=${12} /></button>
    </div>
    <p class="quiet num">${line.session_name} · ${dayAndTime(line.at, zone.value)} ${zone.value === 'UTC' ? 'UTC' : 'local'}</p>
    <div class="decode-buttons">
      <button type="button" class="small" onClick=${() => put(line.raw, 'Message with |')}><${Icon} name="copy" size=${12} /> Copy with |</button>
      <button type="button" class="small" onClick=${() => put(line.raw.replaceAll('|', SOH), 'Message with SOH')}><${Icon} name="copy" size=${12} /> Copy with SOH</button>
    </div>
    ${answer.fault && html`<p class="fault">${answer.fault}</p>`}
    <div class="decode-fields"><table>
      <thead><tr><th class="num">Tag</th><th>Name</th><th>Value</th><th>Meaning</th></tr></thead>
      <tbody>${fields.map((field, at) => html`<tr key=${at} class=${field.name ? '' : 'unknown'}>
        <td class="num">${field.tag}</td><td>${field.name ?? 'not in the dictionary'}</td><td class="mono">${field.value}</td><td>${(field.value_name ?? '').replaceAll('_', ' ')}</td></tr>`)}</tbody>
    </table></div>
  </aside>`;
}
