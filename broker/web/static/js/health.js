// How the broker is: its counters, its messages by type, its orders by status.
import { html, useEffect } from '/shared/js/lib.js';
import { dayAndTime } from '/shared/js/fix/times.js';
import { statusLabel } from '/shared/js/fix/names.js';
import { zone } from '/shared/js/state/prefs.js';
import { get } from './api.js';
import { link } from './live.js';
import { health, openClients, rates, statistics } from './state.js';
import { bytes, lasting, typeName, whole } from './words.js';

const EVERY_MS = 2000;

const Tile = ({ label, value, note, tone }) => html`<div class="tile"><span class="quiet">${label}</span><b class=${`num ${tone ? `tone-${tone}` : ''}`}>${value}</b>${note && html`<span class="quiet small-text num">${note}</span>`}</div>`;

const Table = ({ title, rows, empty }) => html`<section class="block"><h2>${title}</h2>${rows.length
  ? html`<table class="table"><tbody>${rows.map(([name, count]) => html`<tr key=${name}><td>${name}</td><td class="num right">${whole(count)}</td></tr>`)}</tbody></table>` : html`<p class="quiet">${empty}</p>`}</section>`;

export function Health() {
  useEffect(() => {
    const look = () => {
      if (link.peek().state === 'online') get('/api/stats').then((found) => { statistics.value = found; }, () => undefined); // a loss is told by the connection
    };
    look();
    const timer = setInterval(look, EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const now = statistics.value;
  const sound = health.value.status === 'ok';
  const byType = (counts) => Object.entries(counts).sort(([, a], [, b]) => b - a).map(([code, count]) => [typeName(code), count]);
  return html`<div class="scroll padded">
    <div class="tiles">
      <${Tile} label="Database" value=${sound ? 'Writable' : 'Failing'} tone=${sound ? 'good' : 'bad'} note=${`${whole(now.transactions)} transactions`} />
      <${Tile} label="Up for" value=${lasting(now.uptime_seconds)} note=${`since ${dayAndTime(now.started_at, zone.value).slice(0, 19)}`} />
      <${Tile} label="Clients" value=${whole(openClients.value.length)} note="connected" />
      <${Tile} label="Orders" value=${whole(now.orders)} note=${`${whole(rates.value.orders)} /s, ${whole(now.rejected)} rejected`} />
      <${Tile} label="Executions" value=${whole(now.executions)} note=${`${whole(rates.value.executions)} /s`} />
      <${Tile} label="Messages in" value=${whole(now.messages_in)} note=${`${whole(rates.value.messages_in)} /s, ${bytes(now.bytes_in)}`} />
      <${Tile} label="Messages out" value=${whole(now.messages_out)} note=${`${whole(rates.value.messages_out)} /s, ${bytes(now.bytes_out)}`} />
      <${Tile} label="Garbled" value=${whole(now.garbled)} tone=${now.garbled ? 'wait' : ''} note="ignored" />
    </div>
    <p class="quiet">Counted since the broker started; orders by status are all of its database.</p>
    <div class="counts">
      <${Table} title="Orders by status" rows=${Object.entries(now.orders_by_status).map(([status, count]) => [statusLabel({ status, order_id: 'O' }), count])} empty="No orders yet." />
      <${Table} title="Messages in" rows=${byType(now.messages_in_by_type)} empty="None yet." />
      <${Table} title="Messages out" rows=${byType(now.messages_out_by_type)} empty="None yet." />
    </div></div>`;
}
