// Sound and notifications: what for, whether the browser allows them, and a test.
import { html, signal } from '../lib.js';
import { askPermission, KINDS, permission, set, settings, settingsOpen, test, wants } from '../state/notify.js';
import { silent, unlock } from '../state/sound.js';
import { Icon } from './bits.js';
import { Dialog } from './dialog.js';

const isOn = () => settings.value.sound || settings.value.desktop;

export const Bell = () => html`<button type="button" class=${`icon-button ${isOn() ? 'is-on' : ''}`} aria-label=${`Sound and notifications, ${isOn() ? 'on' : 'off'}`} title=${`Sound and notifications: ${isOn() ? 'on' : 'off'}`}
  data-testid="bell" onClick=${() => { settingsOpen.value = true; }}><${Icon} name=${isOn() ? 'bell' : 'bell-off'} size=${16} />${silent.value && settings.value.sound && html`<${Icon} name="warn" size=${11} />`}</button>`;

const close = () => {
  settingsOpen.value = false;
};

async function sound(event) {
  const wanted = event.target.checked;
  if (wanted) await unlock();
  set({ sound: wanted });
}

const asking = signal(false);

async function desktop(event) {
  const box = event.target;
  const wanted = box.checked;
  asking.value = wanted && permission.value === 'default';
  if (wanted) await askPermission();
  asking.value = false;
  set({ desktop: wanted && permission.value === 'granted' });
  box.checked = settings.value.desktop; // refused: then it is not what was pressed
}

const REFUSED = {
  denied: 'The browser refuses notifications of this page. Allow them in the settings of the page (the sign beside the address), then try again.',
  none: 'This browser has no notifications, or only over HTTPS.',
};

export function NotifySettings() {
  if (!settingsOpen.value) return null;
  const { sound: loud, desktop: shown } = settings.value;
  return html`<${Dialog} title="Sound and notifications" onClose=${close} testid="notify">
    <p class="quiet">What happens stands on the page in any case. Besides, in this browser:</p>
    <label class="check notify-choice"><input type="checkbox" checked=${loud} data-testid="notify-sound" onChange=${sound} /> A sound</label>
    ${loud && silent.value && html`<p class="tone-wait" role="status">The browser plays no sound before the page was clicked once.</p>`}
    <label class="check notify-choice"><input type="checkbox" checked=${shown} data-testid="notify-desktop" onChange=${desktop} /> A notification of the desktop, while you look elsewhere</label>
    ${asking.value && html`<p class="tone-wait" role="status">The browser asks you whether it may.</p>`}
    ${permission.value !== 'granted' && permission.value !== 'default' && html`<p class="tone-wait" role="status" data-testid="notify-refused"><${Icon} name="warn" size=${12} /> ${REFUSED[permission.value]}</p>`}
    <fieldset class="notify-kinds"><legend>When</legend>${KINDS.map(([kind, words]) => html`<label class="check" key=${kind}><input type="checkbox" checked=${wants(kind)} data-testid=${`notify-${kind}`}
      onChange=${(event) => set({ without: event.target.checked ? settings.value.without.filter((one) => one !== kind) : [...(settings.value.without ?? []), kind] })} /> ${words}</label>`)}</fieldset>
    <div class="dialog-buttons"><button type="button" disabled=${!isOn()} data-testid="notify-test" onClick=${test}>Test</button><button type="button" class="primary" onClick=${close}>Close</button></div>
  <//>`;
}
