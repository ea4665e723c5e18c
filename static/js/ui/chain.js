// The ClOrdIDs of an order, oldest first, each with what it asked for and what became of that.
import { html } from '../lib.js';

const REQUESTS = { F: 'cancel', G: 'replace' };

export const Chain = ({ order, steps }) => html`<ol class="chain" data-testid="chain">${order.cl_ord_ids.map((id) => html`<li key=${id}><span class="mono">${id}</span> <span class="quiet">${became(order, id, steps)}</span></li>`)}</ol>`;

function became(order, id, steps) {
  if (order.pending?.cl_ord_id === id) return `${order.pending.type} not answered yet`;
  const request = steps.find((step) => step.direction === 'OUT' && step.cl_ord_id === id && step.msg_type !== 'H');
  const said = steps.filter((step) => step.direction === 'IN' && (step.cl_ord_id === id || (request && step.answers === request.id)));
  const kind = REQUESTS[request?.msg_type];
  return (kind ? ofRequest(order, id, kind, said) : ofOrder(order, id, said)) ?? otherwise(order, id);
}

function ofRequest(order, id, kind, said) {
  if (said.some(({ marks }) => marks.includes('reject'))) return `${kind} refused`;
  if (kind === 'cancel') return said.some(({ exec_type: type }) => type === 'CANCELED') ? 'cancel confirmed' : 'cancel not answered';
  if (!said.some(({ exec_type: type }) => type === 'REPLACED')) return 'replace not answered';
  return id === order.cl_ord_id ? 'replace confirmed' : 'replace confirmed, replaced since';
}

function ofOrder(order, id, said) {
  if (id !== order.cl_ord_ids[0]) return null;
  if (order.status === 'REJECTED' && (id === order.cl_ord_id || said.some(({ exec_type: type }) => type === 'REJECTED'))) return 'rejected';
  if (id === order.cl_ord_id) return order.status === 'PENDING_NEW' ? 'sent, not confirmed yet' : 'confirmed';
  return 'confirmed, replaced since';
}

// Where its messages are not at hand.
const otherwise = (order, id) => (id === order.cl_ord_id ? 'confirmed' : 'replaced or refused');
