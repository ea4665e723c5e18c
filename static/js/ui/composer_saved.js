// What was sent before and what is kept under a name, to have it in the form again.
import { html } from '../lib.js';
import { dayAndTime } from '../fix/times.js';
import * as composer from '../state/composer.js';
import { zone } from '../state/prefs.js';
import { messageTemplates } from '../state/templates.js';
import { Menu } from './menu.js';
import { TemplateMenu } from './template_menu.js';

const current = () => ({ session_name: composer.sessionName.value, msg_type: composer.msgType.value, ...composer.body() });

const taken = ({ session_name: name, msg_type: type, fields, custom_tags: tags }, renew) => composer.compose({ session_name: name, msg_type: type, fields, custom_tags: tags, renew });

export const Saved = () => html`<${TemplateMenu} templates=${messageTemplates} testid="composer-templates" what="message" ready=${composer.list.value !== null} current=${current}
    describe=${({ msg_type: type, session_name: name }) => `${type}${name ? ` · ${name}` : ''}`} onPick=${(body) => taken(body, false)} />
  <${Menu} label="History" testid="composer-history">${(close) => html`
    ${!composer.history.value.length && html`<p class="quiet menu-note">What you send from here is kept in this browser.</p>`}
    ${composer.history.value.map((one) => html`<div class="menu-row" key=${one.at}><button type="button" class="menu-pick" data-testid="composer-history-item" onClick=${() => { close(); taken(one, true); }}>
      <span class="num quiet">${dayAndTime(one.at, zone.value).slice(0, 19)}</span> <b>${one.name}</b> <span class="quiet menu-gist">${one.session_name} ${one.raw}</span></button></div>`)}
    ${composer.history.value.length > 0 && html`<button type="button" class="small" onClick=${() => { composer.history.value = []; close(); }}>Forget them</button>`}`}<//>`;
