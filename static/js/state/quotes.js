// Quotes that were asked for here or by others at this desk, newest first.
import { signal } from '../lib.js';
import { on, onJoined } from '../net/socket.js';
import { deskNow } from '../net/clock.js';
import { rest } from '../net/rest.js';
import { toast } from './toasts.js';

const HELD = 200;

export const quotes = signal([]);
export const asked = signal([]); // [{quote_req_id, session_name, symbol, at}] without an answer yet

const put = (list) => {
  const known = new Set(list.map(({ id }) => id));
  quotes.value = [...list, ...quotes.value.filter(({ id }) => !known.has(id))].sort((a, b) => b.id - a.id).slice(0, HELD);
  const answered = new Set(quotes.value.map((one) => one.quote_req_id));
  asked.value = asked.value.filter((one) => !answered.has(one.quote_req_id));
};

on('quote_received', (quote) => put([quote]));
onJoined(() => rest.quotes().then((answer) => put(answer.quotes), (problem) => toast('error', 'Quotes could not be loaded', problem.text)));

export async function requestQuote(body) {
  const answer = await rest.requestQuote(body);
  const at = new Date(deskNow()).toISOString();
  if (!quotes.value.some((one) => one.quote_req_id === answer.quote_req_id)) asked.value = [{ ...answer, ...body, at }, ...asked.value].slice(0, HELD);
}
