// The raw composer: any message of the session's dictionary, checked while it is typed, sent, and answered below.
import { html, signal, useEffect, useRef } from '../lib.js';
import * as composer from '../state/composer.js';
import { sessions } from '../state/desk.js';
import { ask, question } from '../state/view.js';
import { lightOf } from './session_light.js';
import { Combo } from './combo.js';
import { Answers } from './composer_answers.js';
import { Saved } from './composer_saved.js';
import { Dialog } from './dialog.js';
import { FieldList } from './field_list.js';
import { RawText } from './raw_text.js';

const close = () => {
  composer.isOpen.value = false;
};

export const Composer = () => composer.isOpen.value && html`<${Box} />`;

function Box() {
  const submit = (event) => {
    event.preventDefault();
    composer.send();
  };
  // Enter alone takes a choice or does nothing: a message goes by the button or by Ctrl+Enter.
  const onKeyDown = (event) => event.key === 'Enter' && event.target.matches('input') && event.preventDefault();
  useEffect(() => {
    // Of the window, for the control that had the focus may be gone.
    const onKey = (event) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || question.value) return;
      event.preventDefault();
      if (!event.repeat) composer.send();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  return html`<${Dialog} title="Compose a message" onClose=${close} testid="composer" kind="composer">
    <form onSubmit=${submit} onKeyDown=${onKeyDown} noValidate>
      <div class="composer-head"><${Which} /><${Saved} /></div>
      <div class="composer-body">
        <div class="composer-form"><${Paste} /><${Fields} /></div>
        <div class="composer-side"><${Outcome} /><${Answers} /></div>
      </div>
    </form>
  <//>`;
}

function Which() {
  const options = composer.messages.value.map((one) => ({ id: one.msg_type, code: one.msg_type, name: one.name, disabled: !one.sendable, hint: one.sendable ? '' : one.reason }));
  const chosen = composer.messages.value.find((one) => one.msg_type === composer.msgType.value);
  const type = composer.msgType.value;
  return html`<label class="wide-label">Session<select data-testid="composer-session" value=${composer.sessionName.value} onChange=${(event) => composer.chooseSession(event.target.value)}>
      ${sessions.value.map((one) => html`<option key=${one.name} value=${one.name} selected=${one.name === composer.sessionName.value}>${one.name} · ${lightOf(one).text}</option>`)}</select></label>
    <div class="wide-label"><label for="composer-type">Message</label><${Combo} id="composer-type" testid="composer-type" label="Message type, by number or name" placeholder="D, NewOrderSingle, quote…"
      value=${type ? `${type} ${chosen?.name ?? composer.dictionary.value?.name ?? ''}` : ''} options=${options} onPick=${(one) => composer.chooseMessage(one.id)} /></div>`;
}

const pasted = signal('');
const pasteFault = signal(null);
const pasteSaid = signal('');

function Paste() {
  const fold = useRef(null);
  const attempt = async (work) => {
    pasteFault.value = null;
    pasteSaid.value = '';
    try {
      await work();
    } catch (failed) {
      pasteFault.value = failed.text ?? failed.message;
    }
  };
  const take = async () => {
    const left = await composer.fillFromText(pasted.value);
    pasted.value = '';
    pasteSaid.value = left.length ? `Left out, for the engine sets them: ${left.join(', ')}.` : '';
    fold.current.open = false;
  };
  const unchecked = () => ask({
    title: 'Send it without a check?', text: 'The data dictionary is not asked, the engine adds header and trailer. An order among it still goes through the limits.', list: [pasted.value.trim().slice(0, 300)],
    confirm: 'Send as it stands', act: () => attempt(() => composer.sendAsItStands(pasted.value)),
  });
  return html`<details class="paste" ref=${fold}><summary data-testid="composer-paste-open">Paste a message</summary>
    <textarea rows="3" class="mono" aria-label="Message as tag=value" spellcheck="false" data-testid="composer-paste" placeholder="35=D|55=AAPL|54=1|38=100|40=2|44=231" value=${pasted.value}
      onInput=${(event) => { pasted.value = event.target.value; }}></textarea>
    ${pasteFault.value && html`<p class="fault" role="alert" data-testid="composer-paste-fault">${pasteFault.value}</p>`}
    <div class="row-buttons"><button type="button" class="small" disabled=${!pasted.value.trim()} data-testid="composer-paste-take" onClick=${() => attempt(take)}>Fill in the form</button>
      <button type="button" class="small danger" disabled=${!pasted.value.trim()} data-testid="composer-paste-send" onClick=${unchecked}>Send as it stands…</button></div></details>
    ${pasteSaid.value && html`<p class="quiet">${pasteSaid.value}</p>`}`;
}

function Fields() {
  const { list, dictionary, errors, tried } = composer;
  if (!composer.msgType.value) return html`<p class="empty">Choose a message by its type or name: <b>D</b>, <b>QuoteRequest</b>, <b>allocation</b>… Or paste one.</p>`;
  if (!list.value || !dictionary.value) return html`<p class="quiet" role="status">${composer.problem.value ? '' : 'Loading the fields…'}</p>`;
  return html`<${FieldList} list=${list.value} specs=${dictionary.value.fields} errors=${errors.value} prefix="compose" told=${tried.value} name=${dictionary.value.name} onList=${composer.change} />`;
}

// To the field that is wrong; what is missing and not in the form is added first.
function goTo(path) {
  const field = () => document.getElementById(`compose-${path}`) ?? document.querySelector(`[data-testid="${CSS.escape(`compose-${path}`)}"] :is(input, select)`);
  if (!field() && !composer.addField(path)) return;
  setTimeout(() => field()?.focus(), 0);
}

function why() {
  const session = composer.session.value;
  if (!session) return 'Choose a session.';
  if (!composer.list.value) return 'Choose a message.';
  return session.logged_on ? null : `${session.name}: ${lightOf(session).text.toLowerCase()}`;
}

function Outcome() {
  const { checked, current, list, tried, problem, sending, isTrading, dictionary } = composer;
  const faults = list.value ? checked.value.errors : [];
  const reason = why();
  return html`<section class="composer-outcome" aria-label="The message and sending it">
    <${RawText} raw=${composer.preview.value} testid="composer-raw" empty="The message appears here as tag=value." />
    <div aria-live="polite" data-testid="composer-faults" data-checked=${current.value}>
      ${problem.value && html`<p class="fault" role="alert" data-testid="composer-problem">${problem.value}</p>`}
      ${faults.length > 0 && html`<details open=${tried.value}><summary>${faults.length === 1 ? 'One thing is' : `${faults.length} things are`} missing or wrong</summary>
        <ul class="fault">${faults.map((one) => html`<li key=${one.field + one.message}><button type="button" class="fault-jump" title="Go there" onClick=${() => goTo(one.field)}><code>${one.field}</code> ${one.message}</button></li>`)}</ul></details>`}
      ${list.value && !faults.length && current.value && checked.value.reason && html`<p class="tone-wait" data-testid="composer-reason">It would not be sent now: ${checked.value.reason}</p>`}
      ${list.value && !faults.length && !problem.value && current.value && !checked.value.reason && html`<p class="tone-good">Nothing is wrong by the data dictionary and the limits.</p>`}
    </div>
    ${isTrading.value && html`<p class="composer-note" data-testid="composer-note"><b>This trades.</b> It goes through the limits and the kill switches as from the ticket, and stands in the blotter.</p>`}
    <div class="row-buttons">
      <button type="submit" class="primary" data-testid="composer-send" disabled=${sending.value || Boolean(reason)}>${sending.value ? 'Sending…' : `Send ${dictionary.value?.name ?? ''}`}</button>
      <button type="button" disabled=${!list.value} data-testid="composer-clear" onClick=${composer.clear}>Clear</button>
      <button type="button" onClick=${close}>Close</button>
    </div>
    <p class="hint">${reason ?? html`<span class="with-keys"><kbd>Ctrl</kbd>+<kbd>Enter</kbd> sends</span>`}</p>
  </section>`;
}
