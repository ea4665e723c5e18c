// The message before it goes, tag by tag: what a person typed stands out from what desk and engine put in.
import { html } from '../lib.js';
import { remembered } from '../state/prefs.js';
import { tagged } from '../state/ticket_preview.js';

const open = remembered('ticket.preview', true);
const BY = { you: '', desk: 'set by the desk', engine: 'set by the engine' };

export const Preview = () => html`<details class="preview" open=${open.value} onToggle=${(event) => { open.value = event.target.open; }}>
  <summary>Message</summary>
  <p class="tags" data-testid="preview">${tagged.value.map(({ tag, name, value, by }, at) => html`<span key=${at} class=${`tag by-${by}`}
    title=${[name && `${name}(${tag})`, BY[by]].filter(Boolean).join(', ')}>${tag}=${value || html`<i>?</i>`}</span>`)}</p>
</details>`;
