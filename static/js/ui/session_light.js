// How a session stands, as far as it is known: while the desk is away nobody knows.
import { html } from '../lib.js';
import { shortTime, unknownSince } from '../state/liveness.js';
import { Icon } from './bits.js';

const LIGHTS = {
  connected: { icon: 'dot', tone: 'good', text: 'Connected' },
  connecting: { icon: 'half', tone: 'wait', text: 'Connecting' },
  not_connected: { icon: 'ring', tone: 'quiet', text: 'Not connected' },
  disconnected: { icon: 'cross', tone: 'bad', text: 'Disconnected' },
};

export const stateOf = (session) => (unknownSince.value ? 'unknown' : session?.state);

export function lightOf(session) {
  if (unknownSince.value) return { icon: 'unknown', tone: 'unknown', text: `Unknown since ${shortTime(unknownSince.value)}` };
  return LIGHTS[session?.state] ?? LIGHTS.not_connected;
}

export const Light = ({ session, words = true }) => {
  const light = lightOf(session);
  return html`<span class="light tone-${light.tone}" data-state=${stateOf(session)}>
    <${Icon} name=${light.icon} size=${12} />${words ? html`<span>${light.text}</span>` : html`<span class="sr">${light.text}</span>`}
  </span>`;
};
