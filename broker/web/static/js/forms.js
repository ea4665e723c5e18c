// A question with fields: what a person is about to do, what it needs, and what the broker says is wrong with it.
import { html, useEffect, useRef, useState } from '/shared/js/lib.js';
import { toast } from '/shared/js/state/toasts.js';
import { Dialog } from '/shared/js/ui/dialog.js';
import { link } from './live.js';
import { dialog } from './state.js';

// {title, text?, fields: [{name, label, kind?, value?, options?, hint?, optional?, when?}], confirm, danger?, act(values) -> Promise, done?}
// kind: 'text' (default), 'number', 'choice', 'check'. `act` gets what is filled in and shown; an empty field is left out.
export function ask(question) {
  dialog.value = question;
}

const start = (fields) => Object.fromEntries(fields.map((field) => [field.name, field.value ?? (field.kind === 'check' ? false : field.options?.[0]?.[0] ?? '')]));

// "default.steps" and "steps" both name the field `steps`.
const faultOf = (errors, name) => errors.find(({ field }) => field === name || field?.endsWith(`.${name}`))?.message;

function Form({ question }) {
  const fields = question.fields ?? [];
  const [values, setValues] = useState(() => start(fields));
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const box = useRef(null);
  const close = () => {
    dialog.value = null;
  };
  useEffect(() => {
    const first = box.current.querySelector('input, select') ?? box.current.querySelector('[type=submit]');
    first?.focus();
    first?.select?.();
  }, []);
  const shown = fields.filter((field) => !field.when || field.when(values));
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    const given = Object.fromEntries(shown.map((field) => [field.name, values[field.name]]).filter(([, value]) => value !== ''));
    try {
      const result = await question.act(given);
      close();
      const done = typeof question.done === 'function' ? question.done(result) : question.done;
      if (done) toast('good', done);
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  const errors = problem?.errors ?? [];
  const placed = errors.filter(({ field }) => shown.some(({ name }) => faultOf([{ field, message: '-' }], name)));
  const general = problem && (placed.length < errors.length || !errors.length) && [problem.message, ...errors.filter((one) => !placed.includes(one)).map(({ field, message }) => `${field}: ${message}`)];
  return html`<${Dialog} title=${question.title} onClose=${close} testid="form"><form ref=${box} onSubmit=${submit} class="ask" novalidate>
    ${question.text && html`<p class="quiet">${question.text}</p>`}
    ${shown.length > 0 && html`<div class="ask-fields">${shown.map((field) => html`<${Field} key=${field.name} field=${field} value=${values[field.name]} fault=${faultOf(errors, field.name)} set=${(value) => setValues((was) => ({ ...was, [field.name]: value }))} />`)}</div>`}
    ${general && html`<p class="fault" role="alert" data-testid="form-fault">${[...new Set(general)].join(' ')}</p>`}
    <div class="dialog-buttons"><button type="button" onClick=${close} data-testid="form-back">Back</button>
      <button type="submit" class=${`primary ${question.danger ? 'danger-fill' : ''}`} disabled=${busy || link.value.state === 'lost'} data-testid="form-confirm">${question.confirm}</button></div>
  </form><//>`;
}

function Field({ field, value, fault, set }) {
  const id = `field-${field.name}`;
  const common = { id, 'data-testid': id, 'aria-invalid': fault ? 'true' : undefined, 'aria-describedby': fault || field.hint ? `${id}-note` : undefined };
  const input = (event) => set(event.target.value);
  let control;
  if (field.kind === 'choice') control = html`<select ...${common} value=${value} onChange=${input}>${field.options.map(([code, label]) => html`<option key=${code} value=${code} selected=${code === value}>${label}</option>`)}</select>`;
  else if (field.kind === 'check') return html`<label class="ask-check"><input type="checkbox" ...${common} checked=${value} onChange=${(event) => set(event.target.checked)} /> ${field.label}</label>`;
  else control = html`<input type="text" ...${common} class=${field.kind === 'number' ? 'num' : ''} inputmode=${field.kind === 'number' ? 'decimal' : undefined} autocomplete="off" spellcheck="false" list=${field.suggest ? `${id}-list` : undefined} value=${value} onInput=${input} />`;
  return html`<div class=${`field ${fault ? 'bad' : ''} ${field.wide ? 'field-wide' : ''}`}><label for=${id}>${field.label}${field.optional && html` <span>optional</span>`}</label>${control}
    ${field.suggest && html`<datalist id=${`${id}-list`}>${field.suggest.map((one) => html`<option key=${one} value=${one} />`)}</datalist>`}
    ${(fault || field.hint) && html`<span id=${`${id}-note`} class=${fault ? 'fault' : 'quiet small-text'}>${fault ?? field.hint}</span>`}</div>`;
}

export const Forms = () => dialog.value && html`<${Form} key=${dialog.value.title} question=${dialog.value} />`;

// A deed without a question; what the broker refuses is told.
export async function attempt(work, done) {
  try {
    await work();
    if (done) toast('good', done);
  } catch (error) {
    toast('error', error.title ?? 'Failed', [error.message, ...(error.errors ?? []).map(({ field, message }) => `${field}: ${message}`)].filter((one) => one !== error.title).join('\n'));
  }
}
