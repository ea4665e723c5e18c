// A session of the configuration: added, edited, switched on and off, removed, while everything runs.
import { html, signal, useEffect, useState } from '../lib.js';
import { rest } from '../net/rest.js';
import { sessions } from '../state/desk.js';
import { toast } from '../state/toasts.js';
import { Dialog } from './dialog.js';

const edited = signal(null); // the name of the session, '' for a new one

export const editSession = (name) => {
  edited.value = name;
};

const close = () => {
  edited.value = null;
};

const VERSIONS = ['FIX.4.0', 'FIX.4.1', 'FIX.4.2', 'FIX.4.3', 'FIX.4.4'];
const text = (key, label, more = {}) => ({ key, label, kind: 'text', ...more });
const FIELDS = [
  text('name', 'Name'),
  { key: 'fix_version', label: 'FIX version', kind: 'choice', options: VERSIONS },
  text('server_ip', 'Address'),
  text('port', 'Port', { kind: 'number' }),
  text('sender_comp_id', 'SenderCompID(49), ours'),
  text('target_comp_id', 'TargetCompID(56), theirs'),
  text('heartbeat_interval', 'HeartBtInt(108), seconds', { kind: 'number', hint: '30' }),
  text('account', 'Account(1) of orders', { hint: 'none' }),
  text('username', 'Username(553)', { hint: 'none' }),
  text('password', 'Password(554), a variable', { hint: '${NAME}' }),
  { key: 'validate_incoming', label: 'Validate what comes in', kind: 'choice', options: ['', 'lenient', 'strict'] },
  { key: 'auto_connect', label: 'Connects by itself', kind: 'flag' },
  { key: 'reset_on_logon', label: 'Numbers begin at 1 with each Logon', kind: 'flag' },
];
const OWN = new Set([...FIELDS.map(({ key }) => key), 'enabled']);
const EMPTY = { fix_version: 'FIX.4.4' };

export function SessionConfig() {
  const name = edited.value;
  if (name === null || (name !== '' && !sessions.value.some((one) => one.name === name))) return null;
  return html`<${Editor} key=${name} name=${name} />`;
}

const further = (session) => Object.fromEntries(Object.entries(session).filter(([key]) => !OWN.has(key)));
const shown = (value) => (value === undefined || value === null ? '' : value);

function Editor({ name }) {
  const [found, setFound] = useState(name === '' ? { session: EMPTY, version: null } : null);
  const [values, setValues] = useState(EMPTY);
  const [more, setMore] = useState('{}');
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState(null);
  const [errors, setErrors] = useState({});
  const [busy, setBusy] = useState(false);
  const live = sessions.value.find((one) => one.name === name);
  const attempt = async (work) => {
    setProblem(null);
    setErrors({});
    setBusy(true);
    try {
      await work();
    } catch (error) {
      const byField = Object.fromEntries((error.errors ?? []).map(({ field, message }) => [field.replace(/^session\./, ''), message]));
      setErrors(byField);
      const elsewhere = Object.entries(byField).filter(([field]) => !FIELDS.some(({ key }) => key === field) && field !== 'reason');
      if (elsewhere.length || !Object.keys(byField).length) setProblem(elsewhere.map((pair) => pair.join(': ')).join('\n') || error.text || error.message);
    } finally {
      setBusy(false);
    }
  };
  useEffect(() => {
    if (name === '') return;
    attempt(async () => {
      const answer = await rest.sessionConfig(name);
      setFound(answer);
      setValues(answer.session);
      setMore(JSON.stringify(further(answer.session), null, 2));
    });
  }, [name]);
  const session = () => {
    let others;
    try {
      others = JSON.parse(more.trim() || '{}');
    } catch (error) {
      throw new Error(`Further keys are not JSON: ${error.message}`);
    }
    const own = FIELDS.map(({ key, kind }) => [key, valueOf(values[key], kind)]).filter(([, value]) => value !== undefined);
    return { ...Object.fromEntries(own), ...others, ...('enabled' in values ? { enabled: values.enabled } : {}) };
  };
  const told = ({ session_name: changed, applied, needs_reconnect: waiting }) => toast(waiting.length ? 'info' : 'good', `${changed} is saved`,
    [applied.length ? `In effect: ${applied.join(', ')}.` : '', waiting.length ? `With the next connection: ${waiting.join(', ')}.` : ''].join(' ').trim());
  const save = (event) => {
    event.preventDefault();
    attempt(async () => {
      const body = { session: session(), reason, version: found.version };
      told(name === '' ? await rest.addSession(body) : await rest.editSession(name, body));
      close();
    });
  };
  const act = (work, words) => attempt(async () => {
    await work();
    toast('good', `${name} is ${words}`);
    close();
  });
  const up = live && (live.state === 'connected' || live.state === 'connecting');
  return html`<${Dialog} title=${name === '' ? 'Add a session' : `Configuration of ${name}`} onClose=${close} testid="session-config"><form onSubmit=${save} class="config-form">
    ${up && html`<p class="quiet">It is connected: what needs another connection waits for the next one; FIX version and CompIDs can't change now.</p>`}
    <div class="config-fields">${FIELDS.map((field) => html`<${Field} key=${field.key} field=${field} value=${values[field.key]} fault=${errors[field.key]} fixed=${field.key === 'name' && name !== ''}
      onValue=${(value) => setValues({ ...values, [field.key]: value })} />`)}</div>
    <details open=${Object.keys(errors).some((key) => !FIELDS.some((field) => field.key === key))}><summary>Further keys: tls, schedule, reconnection, limits, alternates…</summary>
      <label class="wide-label">JSON, as in the configuration file<textarea rows="7" spellcheck="false" class="mono" data-testid="config-further" value=${more} onInput=${(event) => setMore(event.target.value)}></textarea></label></details>
    <label class="wide-label">Reason, for the journal<input type="text" maxlength="200" autocomplete="off" required data-testid="config-reason" value=${reason} onInput=${(event) => setReason(event.target.value)} /></label>
    ${problem && html`<p class="fault" role="alert" data-testid="config-problem">${problem}</p>`}
    <div class="dialog-buttons">
      ${live && html`<button type="button" class="danger" disabled=${busy || up || !reason.trim()} title=${up ? 'Disconnect it first' : 'Its orders, journal and numbers stay'} data-testid="config-remove" onClick=${() => act(() => rest.removeSession(name, { reason, version: found?.version }), 'removed')}>Remove</button>
      <button type="button" disabled=${busy || !reason.trim()} data-testid="config-switch" onClick=${() => act(() => rest.switchSession(name, !live.enabled, { reason }), live.enabled ? 'switched off' : 'switched on')}>${live.enabled ? 'Switch off' : 'Switch on'}</button>`}
      <span class="grow"></span><button type="button" onClick=${close}>Close</button>
      <button type="submit" class="primary" disabled=${busy || !found} data-testid="config-save">${name === '' ? 'Add' : 'Save'}</button></div>
  </form><//>`;
}

function valueOf(value, kind) {
  if (kind === 'flag') return value === true || value === 'true' ? true : value === undefined || value === false ? undefined : value;
  const given = typeof value === 'string' ? value.trim() : value;
  if (given === '' || given === undefined || given === null) return undefined;
  return kind === 'number' && /^\d+$/.test(given) ? Number(given) : given;
}

function Field({ field, value, fault, fixed, onValue }) {
  const { key, label, kind, options, hint } = field;
  const testid = `config-${key}`;
  const id = `config-field-${key}`;
  const described = fault ? `${id}-fault` : undefined;
  const input = kind === 'choice'
    ? html`<select id=${id} data-testid=${testid} aria-describedby=${described} onChange=${(event) => onValue(event.target.value)}>${options.map((one) => html`<option key=${one} value=${one} selected=${shown(value) === one}>${one || 'default: lenient'}</option>`)}</select>`
    : kind === 'flag'
      ? html`<input id=${id} type="checkbox" data-testid=${testid} checked=${value === true || value === 'true'} onChange=${(event) => onValue(event.target.checked)} />`
      : html`<input id=${id} type="text" autocomplete="off" spellcheck="false" inputmode=${kind === 'number' ? 'numeric' : undefined} disabled=${fixed} placeholder=${hint ?? ''} data-testid=${testid} aria-describedby=${described} aria-invalid=${fault ? 'true' : undefined} value=${shown(value)} onInput=${(event) => onValue(event.target.value)} />`;
  return html`<div class=${`config-field ${kind === 'flag' ? 'config-flag' : ''}`}><label for=${id}>${label}</label>${input}
    ${fault && html`<p class="fault" id=${described} data-testid=${`${testid}-fault`}>${fault}</p>`}</div>`;
}
