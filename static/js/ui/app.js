import { html } from '../lib.js';
import { stale } from '../net/socket.js';
import { laidOut } from '../state/layouts.js';
import { logInSight, marketInSight, marketPlace, phone } from '../state/places.js';
import { phoneTab } from '../state/view.js';
import { Alarms } from './alarms.js';
import { Banner } from './banner.js';
import { Compare } from './compare.js';
import { Blotter } from './blotter.js';
import { Composer } from './composer.js';
import { Dialogs } from './dialogs.js';
import { SessionConfig } from './session_config.js';
import { SessionTools } from './session_tools.js';
import { Drawer } from './drawer.js';
import { KillSwitch } from './kill_switch.js';
import { ImportOrders } from './import_orders.js';
import { Limits } from './limits.js';
import { Log } from './log.js';
import { NotifySettings } from './notify.js';
import { Market } from './market.js';
import { Sessions } from './sessions.js';
import { LINES, Splitter } from './splitter.js';
import { Ticket } from './ticket.js';
import { Toasts } from './toasts.js';
import { Tour } from './tour.js';
import { TopBar } from './topbar.js';

const PHONE_TABS = [['ticket', 'Ticket'], ['blotter', 'Orders'], ['log', 'Messages'], ['market', 'Market'], ['sessions', 'Sessions']];

export const App = () => html`
  <div class=${`app phone-${phoneTab.value} ${stale.value ? 'is-lost' : ''}`}>
    <${TopBar} />
    <${Banner} />
    <${Regions} />
    <nav class="phone-nav" aria-label="Regions">
      ${PHONE_TABS.map(([id, title]) => html`<button type="button" key=${id} data-testid=${`nav-${id}`} aria-current=${phoneTab.value === id ? 'page' : undefined} onClick=${() => { phoneTab.value = id; }}>${title}</button>`)}
    </nav>
    <${NotifySettings} /><${Drawer} /><${Compare} /><${Dialogs} /><${SessionTools} /><${SessionConfig} /><${ImportOrders} /><${Composer} /><${Alarms} /><${KillSwitch} /><${Limits} /><${Tour} /><${Toasts} />
  </div>`;

// In the order in which the eye, and the tab key, go over them.
function Regions() {
  const place = marketPlace.value;
  const beside = place !== 'behind';
  const market = (phone.value || marketInSight.value) && html`<${Market} />`;
  const line = beside && html`<${Splitter} key=${place} name=${place} />`;
  const shares = { '--upper': `${LINES.rows.value.value}fr`, '--lower': `${100 - LINES.rows.value.value}fr` };
  if (beside) Object.assign(shares, { '--main': `${LINES[place].value.value}fr`, '--side': `${100 - LINES[place].value.value}fr` });
  return html`<main class=${`regions market-${place}`} style=${shares}>
    <div class="left"><${Sessions} /><${Ticket} /></div>
    <${Blotter} key=${laidOut.value} />
    ${place === 'orders' && html`${line}${market}`}
    <${Splitter} />
    ${logInSight.value && html`<${Log} />`}
    ${place !== 'orders' && html`${line}${market}`}
  </main>`;
}
