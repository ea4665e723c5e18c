import { html, useEffect, useRef, useState } from '../lib.js';
import { clock } from '../fix/times.js';
import { deskTime } from '../net/clock.js';
import { link } from '../net/socket.js';
import { connect, disconnect } from '../state/actions.js';
import { compose } from '../state/composer.js';
import { health, selectSession, selectedSession, sessions, version } from '../state/desk.js';
import { limitsOpen } from '../state/limits.js';
import { deskAway } from '../state/liveness.js';
import { current, describe, layouts, layOut } from '../state/layouts.js';
import { theme, toggleTheme, zone } from '../state/prefs.js';
import { helpOpen, stopping } from '../state/view.js';
import { Icon } from './bits.js';
import { Menu } from './menu.js';
import { Bell } from './notify.js';
import { Light, lightOf } from './session_light.js';
import { TemplateMenu } from './template_menu.js';

const ZONE_NAME = new Intl.DateTimeFormat('en', { timeZoneName: 'short' }).formatToParts(new Date()).find((part) => part.type === 'timeZoneName').value;

export const TopBar = () => html`
  <header class="topbar">
    <span class="brand" role="heading" aria-level="1"><img src=${new URL('../../icons/favicon.svg', import.meta.url).pathname} alt="" width="22" height="22" /><b>SendFix</b></span>
    <${Picker} />
    <span class="grow results-room"></span>
    <${Clocks} />
    <${DeskLink} />
    <span class="wide-only"><${TemplateMenu} templates=${layouts} testid="layouts" what="page" label="Layout" one="layout" ready current=${current} describe=${describe} onPick=${layOut} first=${{}} /></span>
    <button type="button" class="small wide-only" title="Compose any message (c)" data-testid="compose" onClick=${() => compose()}>Compose</button>
    <button type="button" class="small wide-only" disabled=${Boolean(deskAway.value)} title=${deskAway.value ?? 'What holds orders back, and how much of it is used'} data-testid="limits" onClick=${() => { limitsOpen.value = true; }}>Limits</button>
    <button type="button" class="small danger" disabled=${Boolean(deskAway.value)} title=${deskAway.value ?? 'Hold back new orders and replaces'} data-testid="stop" onClick=${() => { stopping.value = {}; }}>Stop</button>
    <${Bell} />
    <${More} />
    <button type="button" class="icon-button wide-only" aria-label=${`Switch to the ${otherTheme()} theme`} title="Theme" data-testid="theme-toggle" onClick=${toggleTheme}><${Icon} name=${theme.value === 'dark' ? 'sun' : 'moon'} size=${16} /></button>
    <button type="button" class="icon-button wide-only" aria-label="Keyboard shortcuts" title="Keyboard shortcuts (?)" data-testid="help-button"
      onClick=${() => { helpOpen.value = true; }}><${Icon} name="keys" size=${16} /></button>
    <a class="icon-button wide-only" href="/api/docs" aria-label="REST interface" title="REST interface"><${Icon} name="book" size=${16} /></a>
  </header>`;

const otherTheme = () => (theme.value === 'dark' ? 'light' : 'dark');

// What a phone has no room for in the bar.
const More = () => html`<span class="phone-only"><${Menu} icon="more" label="More" title="More" testid="more">${(close) => [
  ['Compose any message', 'compose', () => compose()], ['Limits', 'limits', () => { limitsOpen.value = true; }], ['Keys and tour', 'help', () => { helpOpen.value = true; }],
  [`The ${otherTheme()} theme`, 'theme', toggleTheme], ['REST interface', 'rest', () => location.assign('/api/docs')],
].map(([words, id, act]) => html`<button type="button" class="menu-pick" key=${id} data-testid=${`more-${id}`} onClick=${() => { close(); act(); }}>${words}</button>`)}<//></span>`;

function Picker() {
  const [open, setOpen] = useState(false);
  const box = useRef(null);
  const session = selectedSession.value;
  useEffect(() => {
    if (!open) return undefined;
    const away = (event) => box.current?.contains(event.target) || setOpen(false);
    addEventListener('pointerdown', away);
    return () => removeEventListener('pointerdown', away);
  }, [open]);
  const keydown = (event) => {
    if (event.key === 'Escape' && open) {
      event.stopPropagation();
      setOpen(false);
    }
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const names = sessions.value.map((one) => one.name);
      const at = names.indexOf(session?.name) + (event.key === 'ArrowDown' ? 1 : -1);
      selectSession(names[(at + names.length) % names.length]);
    }
  };
  return html`<div class="picker" ref=${box} onKeyDown=${keydown}>
    <button type="button" class="picker-button" data-testid="session-picker" aria-haspopup="true" aria-expanded=${open}
      aria-label=${session ? `Session ${session.name}, ${lightOf(session).text}` : 'No session'} onClick=${() => setOpen(!open)}>
      ${session ? html`<${Light} session=${session} words=${false} /><b>${session.name}</b><span class="quiet wide-only">${lightOf(session).text}</span>` : 'No sessions'}
      <${Icon} name="down" />
    </button>
    ${open && html`<div class="menu" role="list" aria-label="Sessions">
      ${sessions.value.map((one) => html`<div class=${`menu-row ${one.name === session?.name ? 'is-chosen' : ''}`} key=${one.name} role="listitem">
        <button type="button" class="menu-pick" aria-current=${one.name === session?.name ? 'true' : undefined} data-testid=${`pick-${one.name}`} onClick=${() => { selectSession(one.name); setOpen(false); }}>
          <${Light} session=${one} words=${false} /><b>${one.name}</b><span class="quiet">${one.fix_version} · ${lightOf(one).text}</span>
        </button>
        <${ConnectButton} session=${one} />
      </div>`)}
    </div>`}
  </div>`;
}

export const ConnectButton = ({ session, testid }) => {
  const up = session.state === 'connected' || session.state === 'connecting';
  const why = deskAway.value ?? (health.value.engine.available ? undefined : 'The FIX engine is not available');
  return html`<button type="button" class="small" data-testid=${testid} disabled=${Boolean(why)} title=${why}
    aria-label=${`${up ? 'Disconnect' : 'Connect'} ${session.name}`} onClick=${() => (up ? disconnect : connect)(session.name)}>${up ? 'Disconnect' : 'Connect'}</button>`;
};

const oneClock = matchMedia('(max-width: 1340px)'); // then a press on the only one goes to the other zone
const other = (one) => (one === 'UTC' ? 'local' : 'UTC');

// Where both zones are one, one clock is enough.
const zones = () => (new Date(deskTime.value).getTimezoneOffset() ? ['UTC', 'local'] : [zone.value]);

const Clocks = () => html`<div class="clocks" data-testid="clocks">
  ${zones().map((one) => html`<button type="button" key=${one} class=${zone.value === one ? 'chosen' : ''} aria-pressed=${zone.value === one}
    title=${one === 'UTC' ? 'Show times in UTC' : 'Show times in your local zone'} onClick=${() => { zone.value = zone.value !== one || !oneClock.matches ? one : other(one); }}>
    <span class="num">${clock(new Date(deskTime.value), one)}</span> <small>${one === 'UTC' ? 'UTC' : ZONE_NAME}</small></button>`)}
</div>`;

const LINKS = {
  connecting: { tone: 'wait', icon: 'half', text: 'Connecting' },
  loading: { tone: 'wait', icon: 'half', text: 'Loading' },
  checking: { tone: 'wait', icon: 'half', text: 'Checking' },
  online: { tone: 'good', icon: 'link', text: 'Desk' },
  slow: { tone: 'wait', icon: 'warn', text: 'No answer' },
  lost: { tone: 'bad', icon: 'cross', text: 'Lost' },
};

function DeskLink() {
  const { state, delayMs, transport } = link.value;
  const shown = LINKS[state];
  const delay = delayMs === null ? '' : `${delayMs < 10 ? delayMs.toFixed(1) : Math.round(delayMs)} ms`;
  return html`<span class="desk-link tone-${shown.tone}" data-testid="desk-link" data-state=${state}
    title=${`Connection to the desk${transport ? ` by ${transport}` : ''}${version.value ? `, version ${version.value}` : ''}`}>
    <${Icon} name=${shown.icon} /> <span>${shown.text}</span> <span class="num delay">${delay}</span></span>`;
}
