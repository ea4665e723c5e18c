// A message as tag=value, to look at and to copy with | or SOH.
import { html } from '../lib.js';
import { Icon } from './bits.js';
import { copyAs } from './copy.js';

const SOH = '\u0001';

export const RawText = ({ raw, testid, empty }) => html`<div class="message-raw">
  <p class="mono message-text" data-testid=${testid} tabindex="0" aria-label="Message as tag=value">${raw ? raw.split('|').filter(Boolean).map((part, at) => html`<span key=${at}>${part}</span>${' | '}`) : html`<span class="quiet">${empty}</span>`}</p>
  <div class="row-buttons"><button type="button" class="small" disabled=${!raw} onClick=${() => copyAs(raw, 'Message with |')}><${Icon} name="copy" size=${12} /> Copy with |</button>
    <button type="button" class="small" disabled=${!raw} onClick=${() => copyAs(raw.replaceAll('|', SOH), 'Message with SOH')}><${Icon} name="copy" size=${12} /> Copy with SOH</button></div>
</div>`;
