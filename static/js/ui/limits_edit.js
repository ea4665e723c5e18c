// The limits of one scope, changed with a reason; the desk checks them, and each fault stands by its field.
import { html, useEffect, useState } from '../lib.js';
import { rest } from '../net/rest.js';
import { LIMITS, limitsOf, valuesOf, whoseOf } from '../state/limits.js';
import { sessions } from '../state/desk.js';
import { toast } from '../state/toasts.js';
import { Dialog } from './dialog.js';

const PARTS = ['session_name', 'account', 'user'];
const same = (one, other) => PARTS.every((part) => (one[part] ?? '') === (other[part] ?? ''));
const named = (scope) => Object.fromEntries(PARTS.filter((part) => (scope[part] ?? '').trim()).map((part) => [part, scope[part].trim()]));

export function EditLimits({ scope: given, onDone, onClose }) {
  const [document, setDocument] = useState(null);
  const [scope, setScope] = useState(given);
  const [values, setValues] = useState({});
  const [reason, setReason] = useState('');
  const [errors, setErrors] = useState({});
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const at = document ? document.rules.findIndex((rule) => same(rule.scope, given)) : -1;
  const isNew = !PARTS.some((part) => given[part] !== undefined);
  const load = async () => {
    try {
      const found = await rest.limits();
      setDocument(found);
      const rule = found.rules.find((one) => same(one.scope, given));
      if (rule && !isNew) setValues(valuesOf(rule.limits));
    } catch (error) {
      setProblem(error.text);
    }
  };
  useEffect(() => {
    load();
  }, []);
  const put = async (rules, number, words) => {
    setBusy(true);
    setErrors({});
    setProblem('');
    try {
      await rest.putLimits({ version: document.version, rules, reason });
      toast('good', words, whoseOf(scope));
      onDone();
    } catch (error) {
      const byField = Object.fromEntries((error.errors ?? []).map(({ field, message }) => [field.replace(`rules[${number}].`, '').replace(/^limits\./, ''), message]));
      const known = new Set(['reason', ...PARTS.map((part) => `scope.${part}`), ...LIMITS.map(({ key }) => key)]);
      setErrors(byField);
      const elsewhere = Object.entries(byField).filter(([field]) => !known.has(field));
      if (elsewhere.length) setProblem(elsewhere.map(([field, message]) => `${field}: ${message}`).join('\n'));
      else if (!Object.keys(byField).length) setProblem(error.text);
      setBusy(false);
    }
  };
  const save = (event) => {
    event.preventDefault();
    const rule = { scope: named(scope), limits: limitsOf(values) };
    const rules = isNew || at < 0 ? [...document.rules, rule] : document.rules.with(at, rule);
    put(rules, isNew || at < 0 ? rules.length - 1 : at, 'The limits hold from the next order on');
  };
  const remove = () => put(document.rules.toSpliced(at, 1), null, 'The limits are removed');
  const change = (key) => (value) => setValues({ ...values, [key]: value });
  return html`<${Dialog} title=${isNew ? 'Add limits' : `Limits: ${whoseOf(given)}`} wide onClose=${onClose} testid="limits-edit"><form onSubmit=${save} class="config-form">
    ${isNew && html`<fieldset class="limit-scope-fields"><legend>For all orders that have</legend>
      <div class="config-field"><label for="limit-session">Session</label><select id="limit-session" data-testid="limit-session_name" autofocus onChange=${(event) => setScope({ ...scope, session_name: event.target.value })}>
        <option value="">any</option>${sessions.value.map(({ name }) => html`<option key=${name} value=${name}>${name}</option>`)}</select></div>
      <${Field} field=${{ key: 'account', label: 'Account(1)', hint: 'any' }} value=${scope.account} fault=${errors['scope.account']} onValue=${(account) => setScope({ ...scope, account })} />
      <${Field} field=${{ key: 'user', label: 'User, as the request says', hint: 'any' }} value=${scope.user} fault=${errors['scope.user']} onValue=${(user) => setScope({ ...scope, user })} />
    </fieldset>`}
    <div class="limit-fields">${LIMITS.map((field) => html`<${Field} key=${field.key} field=${field} value=${values[field.key]} fault=${errors[field.key]} onValue=${change(field.key)} />`)}</div>
    <p class="quiet">An empty field is no limit. Of all limits that match an order the tightest counts.</p>
    <div class="config-field"><label for="limit-reason">Reason, for the log</label><input id="limit-reason" type="text" maxlength="500" autocomplete="off" required data-testid="limit-reason" value=${reason} onInput=${(event) => setReason(event.target.value)} />
      ${errors.reason && html`<p class="fault">${errors.reason}</p>`}</div>
    ${problem && html`<p class="fault" role="alert" data-testid="limit-problem">${problem}</p>`}
    <div class="dialog-buttons">${!isNew && html`<button type="button" class="danger" data-testid="limit-remove" disabled=${busy || at < 0 || !reason.trim()} onClick=${remove}>Remove</button>`}
      <span class="grow"></span><button type="button" onClick=${onDone}>Back</button>
      <button type="submit" class="primary" data-testid="limit-save" disabled=${busy || !document || !reason.trim()}>${isNew ? 'Add' : 'Save'}</button></div>
  </form><//>`;
}

function Field({ field, value, fault, onValue }) {
  const { key, label, kind, options, hint, wide } = field;
  const id = `limit-field-${key}`;
  const testid = `limit-${key}`;
  const about = { id, 'data-testid': testid, 'aria-describedby': fault ? `${id}-fault` : undefined, 'aria-invalid': fault ? 'true' : undefined };
  const input = kind === 'choice'
    ? html`<select ...${about} onChange=${(event) => onValue(event.target.value)}>${options.map(([one, words]) => html`<option key=${one} value=${one} selected=${(value ?? '') === one}>${words}</option>`)}</select>`
    : kind === 'flag'
      ? html`<input ...${about} type="checkbox" checked=${value === true} onChange=${(event) => onValue(event.target.checked)} />`
      : html`<input ...${about} type="text" autocomplete="off" spellcheck="false" placeholder=${hint ?? (kind === 'list' ? 'A, B, C' : 'no limit')} value=${value ?? ''} onInput=${(event) => onValue(event.target.value)} />`;
  return html`<div class=${`config-field ${kind === 'flag' ? 'config-flag' : ''} ${wide ? 'limit-wide' : ''}`}><label for=${id}>${label}</label>${input}
    ${fault && html`<p class="fault" id=${`${id}-fault`} data-testid=${`${testid}-fault`}>${fault}</p>`}</div>`;
}
