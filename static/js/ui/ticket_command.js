// The command line above the form: it says while one types what it understands, and fills the form.
import { html } from '../lib.js';
import { line, recallLine, take, taken, type, understood } from '../state/ticket_command.js';
import * as ticket from '../state/ticket.js';
import { Icon } from './bits.js';
import { takeLine } from './ticket_keys.js';

const STEPS = { ArrowUp: -1, ArrowDown: 1 };

function onKeyDown(event) {
  if (event.key === 'Enter') {
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat) takeLine(event.ctrlKey || event.metaKey);
  } else if (event.key === 'Escape' && line.value) {
    event.preventDefault();
    event.stopPropagation();
    type('');
  } else if (STEPS[event.key]) {
    event.preventDefault();
    recallLine(STEPS[event.key]);
  }
}

export const CommandLine = () => html`<div class="command">
  <input id="ticket-command" type="text" aria-label="An order in one line" aria-describedby="ticket-command-means" data-testid="command" autocomplete="off" spellcheck=${false} autocapitalize="off"
    placeholder="b 100 AAPL 230.5 …" title="Side, quantity, symbol; then price, type, time in force, account, tag=value in any order. Enter fills the ticket." value=${line.value}
    onInput=${(event) => type(event.target.value)} onKeyDown=${onKeyDown} />
  <p id="ticket-command-means" class="command-means" aria-live="polite" data-testid="command-means"><${Means} /></p>
</div>`;

function Means() {
  const now = understood.value;
  if (!now) return taken.value?.form === ticket.form.value && html`<span class="tone-good"><${Icon} name="check" size=${11} /> ${taken.value.words.join(' · ')}</span>`;
  return html`${now.words.join(' · ')}${now.unknown.map(([word, why]) => html` <span class="not-understood" key=${word}><${Icon} name="warn" size=${11} /> ${word}: ${why}</span>`)}`;
}
