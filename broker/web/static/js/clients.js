// Clients: who is there, what was said, and ending it.
import { html, signal } from '/shared/js/lib.js';
import { time } from '/shared/js/fix/times.js';
import { words } from '/shared/js/fix/names.js';
import { zone } from '/shared/js/state/prefs.js';
import { Icon } from '/shared/js/ui/bits.js';
import { post } from './api.js';
import { ask } from './forms.js';
import { clients } from './state.js';
import { bytes, typeName, whole } from './words.js';

const opened = signal(null);

const LIGHTS = { logged_on: ['dot', 'good'], disconnected: ['ring', 'quiet'] };

const State = ({ state }) => {
  const [icon, tone] = LIGHTS[state] ?? ['half', 'wait'];
  return html`<span class=${`light tone-${tone}`} data-testid="client-state" data-state=${state}><${Icon} name=${icon} size=${12} /> ${words(state)}</span>`;
};

const name = (client) => `${client.sender_comp_id} (${client.fix_version}, to ${client.target_comp_id})`;

const disconnect = (client) => ask({
  title: `Disconnect ${client.sender_comp_id}`, text: `${name(client)} gets a Logout with this text, and the connection is closed. It may log on again.`,
  fields: [{ name: 'text', label: 'Text to the client', optional: true }], confirm: 'Disconnect', danger: true,
  act: (values) => post(`/api/clients/${client.id}/disconnect`, values), done: `${client.sender_comp_id} is disconnected`,
});

const reset = (client) => ask({
  title: `Reset the numbers of ${client.sender_comp_id}`,
  text: `${name(client)}: it has sent up to ${client.next_incoming_seq_num - 1} and was sent up to ${client.next_outgoing_seq_num - 1}. Both begin again at 1, and what was sent before can't be asked for again${client.state === 'disconnected' ? '' : '; it is disconnected first'}. This can't be undone.`,
  confirm: 'Reset to 1', danger: true, act: () => post(`/api/clients/${client.id}/reset`), done: `${client.sender_comp_id} begins at 1`,
});

function Counts({ title, counts }) {
  const rows = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return html`<div><h3>${title}</h3>${rows.length ? html`<table class="table"><tbody>${rows.map(([code, count]) => html`<tr key=${code}><td>${typeName(code)}</td><td class="num right">${whole(count)}</td></tr>`)}</tbody></table>` : html`<p class="quiet">None since the broker started.</p>`}</div>`;
}

const Deeds = ({ client }) => html`<button type="button" class="small" disabled=${client.state === 'disconnected'} data-testid="client-disconnect" onClick=${() => disconnect(client)}>Disconnect…</button>${' '}
  <button type="button" class="small danger" data-testid="client-reset" onClick=${() => reset(client)}>Reset…</button>`;

function Row({ client }) {
  const open = opened.value === client.id;
  return html`<tr data-testid="client" data-client=${client.sender_comp_id}>
      <th scope="row"><button type="button" class="link" aria-expanded=${open} data-testid="client-open" onClick=${() => { opened.value = open ? null : client.id; }}>${client.sender_comp_id}</button></th>
      <td class="roomy-only">${client.target_comp_id}</td><td class="wide-only">${client.fix_version}</td><td><${State} state=${client.state} /></td><td class="num wide-only">${client.address ?? ''}</td>
      <td class="num right">${whole(client.next_incoming_seq_num)}</td><td class="num right">${whole(client.next_outgoing_seq_num)}</td>
      <td class="num right wide-only">${whole(client.messages_in)}</td><td class="num right wide-only">${whole(client.messages_out)}</td>
      <td class="num right roomy-only">${bytes(client.bytes_in)}</td><td class="num right roomy-only">${bytes(client.bytes_out)}</td>
      <td class="num roomy-only">${time(client.last_in_at, zone.value)}</td><td class="num roomy-only">${time(client.last_out_at, zone.value)}</td>
      <td class="right wide-only"><${Deeds} client=${client} /></td></tr>
    ${open && html`<tr class="more"><td colspan="14"><div class="deeds phone-only"><${Deeds} client=${client} /></div><div class="counts"><${Counts} title="Messages in" counts=${client.messages_in_by_type} /><${Counts} title="Messages out" counts=${client.messages_out_by_type} />
      <div><h3>Connection</h3><dl class="facts one">${[['Since', client.connected_at && time(client.connected_at, zone.value)], ['Heartbeat', `${client.heartbeat_interval} s`], ['Not taken yet', bytes(client.waiting_bytes)]].map(([label, value]) => html`<div key=${label}><dt>${label}</dt><dd class="num">${value || 'not connected'}</dd></div>`)}</dl></div></div></td></tr>`}`;
}

export const Clients = () => html`<div class="scroll">${clients.value.length ? html`<table class="table wide"><thead><tr><th>Client</th><th class="roomy-only">Calls us</th><th class="wide-only">Version</th><th>State</th><th class="wide-only">From</th>
    <th class="right">Next in</th><th class="right">Next out</th><th class="right wide-only">Messages in</th><th class="right wide-only">out</th><th class="right roomy-only">Data in</th><th class="right roomy-only">out</th><th class="roomy-only">Last in</th><th class="roomy-only">Last out</th><th class="wide-only"><span class="sr">Actions</span></th></tr></thead>
    <tbody>${clients.value.map((client) => html`<${Row} key=${client.id} client=${client} />`)}</tbody></table>`
    : html`<p class="empty"><b>No client yet.</b> Point a FIX initiator at this broker’s FIX port, with any CompIDs.</p>`}</div>`;
