// What asks before it does, and the list of keys.
import { html } from '../lib.js';
import { settingsOpen } from '../state/notify.js';
import { startTour } from '../state/tour.js';
import { helpOpen, question } from '../state/view.js';
import { Dialog } from './dialog.js';
import { KEYS } from './keys.js';

// Enter keeps: a hand that goes on typing has not looked at what is asked.
function Question({ asked }) {
  const close = () => {
    question.value = null;
  };
  const act = (event) => {
    event.preventDefault();
    close();
    asked.act();
  };
  return html`<${Dialog} title=${asked.title} onClose=${close} testid="question"><form onSubmit=${act}>
    ${asked.text && html`<p>${asked.text}</p>`}
    <ul class="asked">${asked.list.slice(0, 12).map((line) => html`<li key=${line}>${line}</li>`)}${asked.list.length > 12 && html`<li>and ${asked.list.length - 12} more</li>`}</ul>
    <div class="dialog-buttons"><button type="button" onClick=${close} data-testid="keep" autofocus>${asked.keep ?? 'Keep'}</button><button type="submit" class="primary danger-fill" data-testid="confirm">${asked.confirm}</button></div>
  </form><//>`;
}

const Help = () => {
  const close = () => {
    helpOpen.value = false;
  };
  return html`<${Dialog} title="Keyboard" onClose=${close} testid="help">
    <dl class="keys" tabindex="0" aria-label="Keys">${KEYS.map(({ shown, does }) => html`<div key=${does}><dt>${shown.map((one) => html`<kbd key=${one}>${one}</kbd>`)}</dt><dd>${does}</dd></div>`)}</dl>
    <div class="dialog-buttons"><button type="button" data-testid="help-tour" onClick=${() => { close(); setTimeout(startTour, 0); }}>Tour</button>
      <button type="button" onClick=${() => { close(); settingsOpen.value = true; }}>Sound and notifications…</button><button type="button" class="primary" autofocus onClick=${close}>Close</button></div>
  <//>`;
};

export const Dialogs = () => html`${question.value && html`<${Question} asked=${question.value} />`}${helpOpen.value && html`<${Help} />`}`;
