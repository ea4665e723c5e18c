// What a person must know before anything else: the desk is lost, the engine is away, the storage fails.
import { html } from '../lib.js';
import { clock } from '../fix/times.js';
import { link } from '../net/socket.js';
import { health } from '../state/desk.js';
import { zone } from '../state/prefs.js';
import { Icon } from './bits.js';

function alarms() {
  const { state, since } = link.value;
  if (state === 'lost') {
    const at = since ? ` since ${clock(since, zone.value)} ${zone.value}` : '';
    return [['bad', `No connection to the desk${at}. What you see may be out of date; nothing can be sent. Trying again by itself.`]];
  }
  if (state === 'connecting') return [];
  const found = [];
  if (state === 'slow') found.push(['wait', 'The desk has not answered for several seconds. What you see may be late.']);
  const { engine, storage } = health.value; // what is wrong with a session stands on its card
  if (!engine.available) found.push(['bad', `The FIX engine is not available, so nothing can be sent. ${engine.reason ?? ''}`]);
  if (!storage.available) found.push(['wait', storage.reason]);
  return found;
}

export const Banner = () => html`<div class="banners" role="alert" data-testid="banner">
  ${alarms().map(([tone, text]) => html`<div class="banner banner-${tone}" key=${text}><${Icon} name="warn" size=${16} /> <span>${text}</span></div>`)}
</div>`;
