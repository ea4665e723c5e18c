import { html } from '../lib.js';
import { forgetMove, moveBack, moved } from '../state/ticket_session.js';
import { Icon } from './bits.js';

export const TicketMoved = () => moved.value && html`<p class="ticket-moved" role="status" data-testid="ticket-moved"><${Icon} name="warn" size=${12} />
  <span>Now on <b>${moved.value.to}</b>, where that is; it was on ${moved.value.from}.</span>
  <button type="button" class="small" onClick=${moveBack}>Back</button><button type="button" class="icon-button" aria-label="Understood" onClick=${forgetMove}><${Icon} name="cross" size=${11} /></button></p>`;
