// Faults on demand: what the broker does wrong on purpose, and to whom.
import { html } from '/shared/js/lib.js';
import { words } from '/shared/js/fix/names.js';
import { part, patch, put } from './api.js';
import { ask } from './forms.js';
import { clients, faults, faultsOn } from './state.js';
import { numeral, whole } from './words.js';

const NOTES = {
  times: 'left empty: until it is ended',
  every: '3: each third time only',
  msg_types: 'MsgTypes as 8, D',
  fields: 'tag=value, more after a |',
  tags: 'as 37, 17',
  seconds: 'seconds',
};

// Two parameters choose which others there are.
const needed = {
  delay: { min: 'uniform', max: 'uniform normal exponential', mean: 'normal exponential', deviation: 'normal', seed: 'uniform normal exponential' },
};

const DELAYS = [['', 'always the same'], ['uniform', 'uniform, from min to max'], ['normal', 'normal'], ['exponential', 'exponential']];

export function shown(type, value) {
  if (value === null || value === undefined) return '';
  if (type === 'fields') return Object.entries(value).map(([tag, text]) => `${tag}=${text}`).join('|');
  return Array.isArray(value) ? value.join(', ') : String(value);
}

const list = (text) => text.split(/[\s,]+/).filter(Boolean);

// What can't be read goes as it is, for the broker to say what is wrong with it.
export function given(type, value) {
  if (type === 'whole' || type === 'seconds') return numeral(value);
  if (type === 'tags') return list(value).map(numeral);
  if (type === 'msg_types') return list(value);
  if (type === 'fields') return Object.fromEntries(value.split('|').filter(Boolean).map((pair) => { const at = pair.indexOf('='); return at < 0 ? [pair, ''] : [pair.slice(0, at).trim(), pair.slice(at + 1)]; }));
  return value;
}

function hint(name, { type, limits, default: standard }) {
  const range = ['whole', 'seconds'].includes(type) && limits.length ? `${whole(limits[0])} to ${whole(limits[1])}` : '';
  return [range, NOTES[name] ?? (name !== type && NOTES[type]), type === 'msg_types' && standard === null && 'left empty: all but Logon'].filter(Boolean).join('; ');
}

function fieldsOf(kind, now) {
  return Object.entries(faults.peek().kinds[kind].parameters).map(([name, parameter]) => {
    const isDelay = kind === 'delay' && name === 'distribution';
    const options = isDelay ? DELAYS : parameter.type === 'choice' ? parameter.limits.map((one) => [one, words(one)]) : undefined;
    const condition = needed[kind]?.[name];
    return {
      name: `${kind}.${name}`, label: words(name), hint: hint(name, parameter), options,
      kind: { whole: 'number', seconds: 'number', boolean: 'check', choice: 'choice' }[parameter.type] ?? 'text',
      value: parameter.type === 'boolean' ? now?.[name] ?? parameter.default : shown(parameter.type, now ? now[name] : parameter.default),
      when: (values) => values.kind === kind && (!condition || condition.includes(values['delay.distribution'] || '-')) && !(kind === 'delay' && name === 'seconds' && values['delay.distribution']),
    };
  });
}

const take = (answer) => {
  const others = faults.peek().clients.filter((one) => one.sender_comp_id !== answer.sender_comp_id);
  faults.value = { ...faults.peek(), clients: Object.keys(answer.faults).length ? [...others, answer] : others };
};

const change = async (client, body) => take(await patch(`/api/faults/${part(client)}`, body));

function edit(client, kind, now) {
  const { kinds } = faults.peek();
  ask({
    title: kind ? `${words(kind)}, for ${client}` : client ? `A fault for ${client}` : 'A fault',
    text: 'From the next message on. What is stored stays right, so a good client comes back to the broker’s state.',
    fields: [
      ...(client ? [] : [{ name: 'sender_comp_id', label: 'SenderCompID of the client', suggest: [...new Set(clients.peek().map((one) => one.sender_comp_id))], hint: 'one that is not here yet will do' }]),
      ...(kind ? [{ name: 'kind', kind: 'choice', label: 'Kind', options: [[kind, `${words(kind)} · ${kinds[kind].text}`]], value: kind, wide: true }]
        : [{ name: 'kind', kind: 'choice', label: 'Kind', options: Object.entries(kinds).map(([name, { text }]) => [name, `${words(name)} · ${text}`]), wide: true }]),
      ...(kind ? [kind] : Object.keys(kinds)).flatMap((name) => fieldsOf(name, name === kind ? now : null)),
    ],
    confirm: now ? 'Set anew' : 'Set',
    act: async ({ kind: chosen, sender_comp_id, ...values }) => {
      const name = client ?? sender_comp_id?.trim();
      if (!name) throw Object.assign(new Error('Whose messages?'), { errors: [{ field: 'sender_comp_id', message: 'is required: the name in SenderCompID(49) of the client’s messages' }] });
      const { parameters } = kinds[chosen];
      const body = Object.fromEntries(Object.entries(values).map(([field, value]) => [field.slice(chosen.length + 1), value]).map(([key, value]) => [key, given(parameters[key].type, value)]));
      await change(name, { [chosen]: body });
    },
    done: 'The fault is on',
  });
}

const end = (client, kind) => ask({ title: `End ${words(kind)} of ${client}`, text: 'From the next message on.', confirm: 'End it', act: () => change(client, { [kind]: null }), done: 'The fault has ended' });

const endAll = () => ask({
  title: 'End all faults', text: `For ${faults.peek().clients.map((one) => one.sender_comp_id).join(', ')}.`, confirm: 'End all',
  act: async () => {
    for (const { sender_comp_id } of faults.peek().clients) take(await put(`/api/faults/${part(sender_comp_id)}`, {}));
  },
  done: 'No fault is on',
});

// What differs from the default; the rest goes without saying.
function inWords(kind, fault) {
  const { parameters } = faults.value.kinds[kind];
  const said = Object.entries(parameters).filter(([name, { type, default: usual }]) => fault[name] !== undefined && (shown(type, fault[name]) !== shown(type, usual) || ['fields', 'tags'].includes(type)));
  return said.map(([name, { type }]) => `${words(name).toLowerCase()} ${shown(type, fault[name])}`).join(', ');
}

const Row = ({ client, kind, fault }) => html`<tr data-testid="fault" data-client=${client} data-kind=${kind}><th scope="row">${words(kind)}</th>
  <td class="wrap">${faults.value.kinds[kind].text}${inWords(kind, fault) && html`<br /><span class="quiet">${inWords(kind, fault)}</span>`}</td>
  <td class="right"><span class="wide-only quiet">struck ${fault.struck === 1 ? 'once' : `${whole(fault.struck)} times`}, </span><span class=${`tone-${fault.ended ? 'quiet' : 'wait'}`}>${fault.ended ? 'over' : 'on'}</span></td>
  <td class="right"><button type="button" class="small" data-testid="fault-edit" aria-label=${`Set ${words(kind)} of ${client} anew`} onClick=${() => edit(client, kind, fault)}>${fault.ended ? 'Again…' : 'Edit…'}</button>${' '}
    <button type="button" class="small danger" data-testid="fault-end" aria-label=${`End ${words(kind)} of ${client}`} onClick=${() => end(client, kind)}>${fault.ended ? 'Remove…' : 'End…'}</button></td></tr>`;

export const Faults = () => html`<div class="scroll padded">
  <div class="block-head"><button type="button" class="primary small" data-testid="add-fault" onClick=${() => edit(null, null, null)}>Set a fault…</button>
    ${faults.value.clients.length > 0 && html`<button type="button" class="small danger" data-testid="end-faults" onClick=${endAll}>End all…</button>`}<span class="quiet">${faultsOn.value} on</span></div>
  ${faults.value.clients.length ? faults.value.clients.map(({ sender_comp_id: client, faults: own }) => html`<section class="block" key=${client}><div class="block-head"><h2>${client}</h2>
      <button type="button" class="small" data-testid="add-fault-for" onClick=${() => edit(client, null, null)}>Add…</button></div>
    <table class="table wide faults"><tbody>${Object.entries(own).map(([kind, fault]) => html`<${Row} key=${kind} client=${client} kind=${kind} fault=${fault} />`)}</tbody></table></section>`)
    : html`<p class="empty" data-testid="no-faults"><b>No fault is on.</b> The broker does what the rules say. Set a fault to see what a client does about lost, late, repeated, garbled or wrong messages.</p>`}
</div>`;
