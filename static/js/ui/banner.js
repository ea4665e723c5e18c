// What a person must know before anything else: the desk is lost, the engine is away, the storage fails, orders are held back, a report waits.
import { html } from '../lib.js';
import { ago, clock } from '../fix/times.js';
import { clocksApart } from '../net/clock.js';
import { link } from '../net/socket.js';
import { alarms, alarmsOpen } from '../state/alarms.js';
import { health, outdated, unloaded } from '../state/desk.js';
import { limitsOpen } from '../state/limits.js';
import { engineAwaySince, shortTime } from '../state/liveness.js';
import { zone } from '../state/prefs.js';
import { stopping } from '../state/view.js';
import { Icon } from './bits.js';

function faults() {
  const { state, since } = link.value;
  if (state === 'lost') {
    const at = since ? ` since ${clock(since, zone.value)} ${zone.value}` : '';
    return [['bad', `No connection to the desk${at}. What you see may be out of date; nothing can be sent. Trying again by itself.`]];
  }
  if (state === 'connecting') return [];
  const found = [];
  if (state === 'checking') found.push(['wait', 'The page was asleep or cut off. Asking the desk whether anything was missed.']);
  if (outdated.value) found.push(['wait', 'The desk was updated since this page was opened.', Reload]);
  if (unloaded.value) found.push(['wait', `What the desk has stored is not all on the page yet: ${unloaded.value} Trying again by itself.`]);
  if (clocksApart.value !== null) found.push(['wait', apart(clocksApart.value)]);
  if (state === 'slow') found.push(['wait', 'The desk does not answer just now. What you see may be late.']);
  const { engine, storage, configuration, limits, switches } = health.value; // what is wrong with a session stands on its card
  if (!engine.available) found.push(['bad', `The FIX engine is not available${engineAwaySince.value ? ` since ${shortTime(engineAwaySince.value)} ${zone.value}` : ''}, so nothing can be sent. ${engine.reason ?? ''}`]);
  if (!storage.available) found.push(['wait', storage.reason]);
  if (configuration) found.push(['wait', configuration]);
  if (limits) found.push(['bad', `No new order and no replace is sent; cancels are: ${limits}.`, SetLimits]);
  for (const one of switches) found.push(['bad', `${one.text}. No new order and no replace is sent; cancels are.`, () => html`<${LetGo} kill=${one} />`]);
  const count = alarms.value.length;
  if (count) found.push(['bad', `${count === 1 ? 'A report of a counterparty is' : `${count} reports of counterparties are`} in no order: ${newest(alarms.value[count - 1])}`, LookAtAlarms]);
  return found;
}

const Reload = () => html`<button type="button" class="small" onClick=${() => location.reload()}>Load the page anew</button>`;

const apart = (ms) => `The clock of this computer is ${ago(0, Math.abs(ms))} ${ms < 0 ? 'ahead of' : 'behind'} the desk’s. All times on the page are the desk’s.`;

const SetLimits = () => html`<button type="button" class="small" data-testid="set-limits" onClick=${() => { limitsOpen.value = true; }}>Set limits…</button>`;

const LetGo = ({ kill }) => html`<button type="button" class="small" data-testid="let-go-kill" onClick=${() => { stopping.value = { letGo: kill }; }}>Let go…</button>`;

const newest = ({ session_name: name, cl_ord_id: order, why }) => `${name}, ${order ?? 'without ClOrdID'}, ${why}.`;

const LookAtAlarms = () => html`<button type="button" class="small" data-testid="look-at-alarms" onClick=${() => { alarmsOpen.value = true; }}>Look and decide</button>`;

export const Banner = () => html`<div class="banners" role="alert" data-testid="banner">
  ${faults().map(([tone, text, Action]) => html`<div class="banner banner-${tone}" key=${text}><${Icon} name="warn" size=${16} /> <span>${text}</span>${Action && html`<${Action} />`}</div>`)}
</div>`;
