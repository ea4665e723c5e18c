// An event of a session in full; where it tells of bytes that were no message, these too.
import { html } from '../lib.js';
import { bytesIn, hexDump } from '../fix/bytes.js';
import { dayAndTime } from '../fix/times.js';
import { zone } from '../state/prefs.js';
import { messagePath } from '../state/route.js';
import { Icon } from './bits.js';
import { copyAs } from './copy.js';
import { LinkButton } from './link_button.js';

export function EventDetail({ line, onClose }) {
  const { text, bytes, shown, cut } = bytesIn(line.text ?? line.raw ?? '');
  const dump = bytes && hexDump(bytes);
  return html`<aside class="decode" aria-label="Event" data-testid="decode" tabindex="-1">
    <div class="decode-head"><h3>Event</h3>
      ${line.id && html`<${LinkButton} path=${() => messagePath(line.id)} what="this event" testid="message-link" />`}
      <button type="button" class="icon-button" aria-label="Close" data-testid="decode-close" onClick=${onClose}><${Icon} name="cross" size=${12} /></button></div>
    <p class="quiet num">${line.session_name} · ${dayAndTime(line.at, zone.value)} ${zone.value === 'UTC' ? 'UTC' : 'local'}</p>
    <div class="decode-fields"><p class="event-text" data-testid="event-text">${text}</p>
      ${dump && html`<h4>Bytes <span class="quiet num">${bytes.length}${cut ? `, the first of ${cut}` : ''}</span></h4>
      <p class="mono raw-text">${shown}</p>
      <pre class="mono hex-dump" tabindex="0" data-testid="hex-dump">${dump.join('\n')}</pre>`}</div>
    <div class="decode-buttons"><button type="button" class="small" onClick=${() => copyAs(line.text ?? line.raw, 'Event')}><${Icon} name="copy" size=${12} /> Copy</button></div>
  </aside>`;
}
