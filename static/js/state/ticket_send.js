// What is on the ticket goes to the desk: once for each press, and nothing that is pressed is dropped without a word.
import { computed, effect, signal, untracked } from '../lib.js';
import { statusLabel, sideLabel } from '../fix/names.js';
import { toBody } from '../fix/form.js';
import { link } from '../net/socket.js';
import { rest } from '../net/rest.js';
import { canReplace, describe } from './actions.js';
import { health, orderKey, selectedSession } from './desk.js';
import { remember } from './prefs.js';
import { surely } from './settling.js';
import * as ticket from './ticket.js';
import { faultLines, refusalText } from './ticket_words.js';
import { toast } from './toasts.js';
import { ask } from './view.js';

const SAME_WITHIN_MS = 10_000;

export const onTheWay = signal(0); // how many presses are not answered yet

// The kill switch that holds back the chosen session, as the desk tells it: {session_name, reason, text}; or null.
export const killSwitch = computed(() => health.value.switches.find(({ session_name: name }) => name === null || name === selectedSession.value?.name) ?? null);

const unreachable = computed(() => {
  if (link.value.state === 'lost') return 'No connection to the desk';
  if (!health.value.engine.available) return 'The FIX engine is not available';
  const session = selectedSession.value;
  if (!session) return 'No session';
  return session.logged_on ? null : `${session.name}: ${session.state.replaceAll('_', ' ')}`;
});

// Why nothing can be sent, and why the order on the ticket can't be canceled; null when it can.
export const noCancel = unreachable;
export const noSend = computed(() => {
  if (unreachable.value) return unreachable.value;
  if (killSwitch.value) return killSwitch.value.text;
  const order = ticket.order.value;
  return order && !canReplace(order) ? `This order is ${statusLabel(order).toLowerCase()}: it can't be changed` : null;
});

// What the desk refused because of a kill switch or the session is over when that is.
let stood = null;
effect(() => {
  const stands = `${selectedSession.value?.name}\n${killSwitch.value?.text ?? ''}`;
  if (stands !== stood) untracked(() => { ticket.refusals.value = ticket.refusals.value.filter(({ field }) => field !== 'session_name'); });
  stood = stands;
});

const pressed = new Map(); // what was pressed a short while ago -> when

function lately(key) {
  const now = performance.now();
  for (const [one, at] of pressed) if (now - at > SAME_WITHIN_MS) pressed.delete(one);
  return pressed.has(key) ? (now - pressed.get(key)) / 1000 : null;
}

// twice: the same press of the mouse again, as with a double click. wrong(): the ticket shows a fault now. Answers whether it went or was asked about.
export function submit({ twice = false, wrong = () => {} } = {}) {
  const title = ticket.order.value ? 'Not replaced' : 'Not sent';
  ticket.set('symbol', ticket.symbol.value);
  ticket.touched.value = new Set([...Object.keys(ticket.faults.value), ...ticket.touched.value]);
  const faults = faultLines();
  if (noSend.value || faults.length) {
    toast('error', title, noSend.value ?? faults.join('\n'));
    if (!noSend.value) wrong();
    return false;
  }
  const request = ticket.order.value ? replaceRequest() : newRequest();
  if (!request) return false;
  const ago = lately(request.key);
  if (ago === null) go(request, title, wrong);
  else if (!twice) {
    ask({
      title: 'The same again?', text: `The same was pressed ${ago < 1 ? 'just now' : `${Math.round(ago)} s ago`}.`, list: [`${request.name ?? request.what} · ${request.session}`], confirm: 'Send it again', keep: 'Don’t send',
      act: () => go(request, title, wrong),
    });
  }
  return true;
}

async function go({ key, what, name = what, session, form, clOrdId, send, sent }, title, wrong) {
  pressed.set(key, performance.now());
  onTheWay.value += 1;
  ticket.refusals.value = [];
  try {
    const answer = await surely(session, name, send, clOrdId);
    if (answer) sent(answer);
  } catch (problem) {
    pressed.delete(key);
    toast('error', `${title}: ${what}`, refusalText(problem));
    // By now the next order may stand there.
    if (form === ticket.form.value && session === selectedSession.value?.name && problem.errors?.length) {
      ticket.refusals.value = problem.errors;
      wrong();
    }
  } finally {
    onTheWay.value -= 1;
  }
}

function newRequest() {
  const { name: session } = selectedSession.value;
  const form = ticket.form.value;
  const body = { session_name: session, symbol: ticket.symbol.value, side: form.side, order_qty: form.order_qty, ord_type: form.ord_type };
  for (const { key } of ticket.needs.value) if (form[key]) body[key] = form[key];
  Object.assign(body, { time_in_force: form.time_in_force }, ticket.expiry.value);
  if (form.account) body.account = form.account;
  const key = JSON.stringify([session, body.symbol, body.side, body.order_qty, body.ord_type, body.price, body.stop_px, body.account]);
  const { fields, custom_tags: tags } = toBody(ticket.extras.value, ticket.dictionary.value?.fields ?? []);
  Object.assign(body, fields);
  if (Object.keys(tags).length) body.custom_tags = tags;
  const what = `${sideLabel(form.side)} ${form.order_qty} ${body.symbol}`;
  return {
    key, what, session, form, clOrdId: body.cl_ord_id, send: (clOrdId) => rest.sendOrder({ ...body, cl_ord_id: clOrdId }),
    sent: (answer) => {
      remember('account', form.account);
      toast('good', `Sent: ${what}`, `${answer.cl_ord_id} on ${session}`);
    },
  };
}

function replaceRequest() {
  const was = ticket.order.value;
  const changes = ticket.changes.value;
  if (!Object.keys(changes).length) {
    toast('info', 'Nothing to replace', 'Change the quantity, a price or the time in force first.');
    return null;
  }
  const wanted = { cl_ord_id: was.cl_ord_id, ...changes };
  return {
    key: JSON.stringify([orderKey(was), changes]), what: describe(was), name: `Replace of ${describe(was)}`, session: was.session_name, form: ticket.form.value,
    send: (clOrdId) => rest.replaceOrder({ ...wanted, new_cl_ord_id: clOrdId }),
    sent: (answer) => toast('info', `Replace sent: ${describe(was)}`, `${answer.orig_cl_ord_id} → ${answer.cl_ord_id}`),
  };
}
