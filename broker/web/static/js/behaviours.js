// How orders are filled: by default, for a symbol, for a client.
import { html } from '/shared/js/lib.js';
import { put } from './api.js';
import { ask } from './forms.js';
import { behaviours, clients, stocks } from './state.js';
import { numeral } from './words.js';

const MODES = {
  match: 'A price-time book; what it does not fill, a simulated market around the last price does',
  fill: 'Filled at once and whole',
  partial: 'Filled in steps',
  manual: 'Rests until a person fills, cancels or rejects it',
  reject: 'New orders, cancels and replaces are rejected',
  ignore: 'New orders, cancels and replaces get no answer',
};
const NO_ANSWER = new Set(['ignore']);
const STEPPED = new Set(['partial', 'match']);

export function inWords(rule) {
  const answers = [rule.pending && 'pending first', rule.hold ? 'answered by a person' : rule.delay > 0 && `answered after ${rule.delay} s`].filter(Boolean);
  return [fills(rule), ...answers].join('; ');
}

function fills({ mode, steps, interval, size, spread, market }) {
  const parts = size !== null ? `in parts of ${size}` : steps > 1 ? `in ${steps} steps` : 'at once';
  const every = interval > 0 ? `, ${interval} s apart` : '';
  if (mode === 'partial') return `${parts}${every}`;
  if (mode !== 'match') return MODES[mode];
  return market ? `book and simulated market, spread ${spread}; fills ${parts}${every}` : 'orders meet each other only; no simulated market';
}

const fields = (now) => [
  { name: 'mode', label: 'Mode', kind: 'choice', wide: true, options: Object.keys(MODES).map((mode) => [mode, `${mode} · ${MODES[mode]}`]), value: now?.mode ?? 'manual' },
  { name: 'market', label: 'Simulated market', kind: 'check', value: now?.market ?? true, when: ({ mode }) => mode === 'match' },
  { name: 'spread', label: 'Spread around the last price', kind: 'number', value: now?.spread ?? '0', when: ({ mode, market }) => mode === 'match' && market },
  { name: 'steps', label: 'Steps', kind: 'number', value: String(now?.steps ?? 3), hint: '1 to 1000', when: ({ mode, market }) => STEPPED.has(mode) && (mode !== 'match' || market) },
  { name: 'interval', label: 'Seconds before each step', kind: 'number', value: String(now?.interval ?? 0.5), hint: '0: all at once', when: ({ mode, market }) => STEPPED.has(mode) && (mode !== 'match' || market) },
  { name: 'size', label: 'Quantity of a step', kind: 'number', optional: true, value: now?.size ?? '', hint: 'in place of equal parts', when: ({ mode, market }) => STEPPED.has(mode) && (mode !== 'match' || market) },
  { name: 'delay', label: 'Seconds until it answers', kind: 'number', value: String(now?.delay ?? 0), hint: '0: at once', when: ({ mode, hold }) => !NO_ANSWER.has(mode) && !hold },
  { name: 'pending', label: 'First tells that it is pending', kind: 'check', value: now?.pending ?? false, when: ({ mode }) => !NO_ANSWER.has(mode) },
  { name: 'hold', label: 'A person answers new orders, cancels and replaces', kind: 'check', value: now?.hold ?? false, when: ({ mode }) => !NO_ANSWER.has(mode) },
  { name: 'one_request', label: 'Rejects a cancel or replace while another one waits', kind: 'check', value: now?.one_request ?? false, when: ({ mode }) => !NO_ANSWER.has(mode) },
];

// Numbers go as numbers; what is none goes as it is, for the broker to say what is wrong with it.
const toBody = (values) => ({ ...values, ...('steps' in values && { steps: numeral(values.steps) }), ...('interval' in values && { interval: numeral(values.interval) }), ...('delay' in values && { delay: numeral(values.delay) }) });

const edit = (part, key, now) => ask({
  title: part === 'default' ? 'How orders are filled' : key ? `How orders of ${key} are filled` : part === 'symbols' ? 'A symbol’s own behaviour' : 'A client’s own behaviour',
  text: 'From the next order on; an order keeps the one it came in under.',
  fields: [
    ...(part !== 'default' && !key ? [{ name: 'key', label: part === 'symbols' ? 'Symbol' : 'SenderCompID', suggest: part === 'symbols' ? [...stocks.peek().keys()] : ['HOUSE', ...new Set(clients.peek().map((one) => one.sender_comp_id))] }] : []),
    ...fields(now),
  ],
  confirm: 'Set',
  act: async ({ key: given, ...values }) => {
    const body = toBody(values);
    const name = key ?? given ?? '';
    behaviours.value = await put('/api/behaviours', part === 'default' ? { default: body } : { [part]: { ...behaviours.peek()[part], [name]: body } });
  },
  done: 'The behaviour is set',
});

const forget = (part, key) => ask({
  title: `Remove the behaviour of ${key}`, text: 'The next in line holds from the next order on.', confirm: 'Remove',
  act: async () => {
    const { [key]: _gone, ...rest } = behaviours.peek()[part];
    behaviours.value = await put('/api/behaviours', { [part]: rest });
  },
});

const Row = ({ part, name, rule }) => html`<tr data-testid="behaviour" data-part=${part} data-name=${name}>${part !== 'default' && html`<th scope="row">${name}</th>`}<td><b>${rule.mode}</b></td><td class="wrap">${inWords(rule)}</td>
  <td class="right"><button type="button" class="small" data-testid="behaviour-edit" aria-label=${`Edit the behaviour of ${name}`} onClick=${() => edit(part, part === 'default' ? null : name, rule)}>Edit…</button>
    ${part !== 'default' && html` <button type="button" class="small danger" data-testid="behaviour-remove" aria-label=${`Remove the behaviour of ${name}`} onClick=${() => forget(part, name)}>Remove…</button>`}</td></tr>`;

function Section({ part, title, empty }) {
  const rows = Object.entries(behaviours.value[part]);
  return html`<section class="block"><div class="block-head"><h2>${title}</h2><button type="button" class="small" data-testid=${`add-${part}`} onClick=${() => edit(part, null, null)}>Add…</button></div>
    ${rows.length ? html`<table class="table wide"><tbody>${rows.map(([name, rule]) => html`<${Row} key=${name} part=${part} name=${name} rule=${rule} />`)}</tbody></table>` : html`<p class="quiet">${empty}</p>`}</section>`;
}

export const Behaviours = () => behaviours.value && html`<div class="scroll padded">
  <section class="block"><div class="block-head"><h2>Default</h2></div><table class="table wide"><tbody><${Row} part="default" name="all orders" rule=${behaviours.value.default} /></tbody></table></section>
  <${Section} part="symbols" title="By symbol" empty="None: all symbols have the default." />
  <${Section} part="clients" title="By client" empty="None. A client’s behaviour comes before a symbol’s." />
</div>`;
