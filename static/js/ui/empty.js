// What a newcomer sees where there is nothing yet: the next step.
import { html } from '../lib.js';
import { connect } from '../state/actions.js';
import { health, selectedSession } from '../state/desk.js';
import { phoneTab } from '../state/view.js';
import { lightOf } from './session_light.js';
import { TourOffer } from './tour.js';

const focusSymbol = () => {
  phoneTab.value = 'ticket';
  setTimeout(() => document.querySelector('#ticket-symbol')?.focus(), 0);
};

export function NoOrders() {
  const session = selectedSession.value;
  if (!session) return html`<p class="empty">No session is configured, so there is nothing to trade on yet.</p>`;
  if (!health.value.engine.available) {
    return html`<p class="empty"><b>No orders yet.</b> The FIX engine is not available; start it (<code>make run</code> starts all parts), and the desk takes it up by itself.</p>`;
  }
  if (session.state !== 'connected') {
    return html`<div class="empty"><p><b>No orders yet.</b> ${session.name} is ${lightOf(session).text.toLowerCase()}.</p>
      <button type="button" class="primary" onClick=${() => connect(session.name)}>Connect ${session.name}</button><${TourOffer} /></div>`;
  }
  return html`<div class="empty"><p><b>No orders yet.</b> ${session.name} is connected: type a symbol, a quantity and a price on the ticket, then press <kbd>Ctrl</kbd>+<kbd>Enter</kbd>.</p>
    <button type="button" class="primary" onClick=${focusSymbol}>Go to the ticket</button><${TourOffer} /></div>`;
}

export const NoPositions = () => html`<p class="empty"><b>No positions yet.</b> What your orders have bought and sold appears here with the first fill.</p>`;

export const NoExecutions = () => html`<p class="empty"><b>No executions yet.</b> What the counterparty reports on an order appears here, newest first.</p>`;
