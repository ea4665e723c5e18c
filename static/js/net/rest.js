// The desk's REST routes.
import { deskNow } from './clock.js';
import { server } from './http.js';
import { randomKey } from './keys.js';

// The browser sends a request again by itself when a kept connection breaks, and what waits in a network that is gone arrives when it is back:
// by the key the desk does it once, and it does nothing that comes later than this after the press.
export const ARRIVES_WITHIN_MS = 5000;
const once = () => ({ 'Idempotency-Key': randomKey() });
const onceAndSoon = () => ({ ...once(), 'X-Not-After': new Date(deskNow() + ARRIVES_WITHIN_MS).toISOString() });

const { get, post, put, remove } = server('desk', [], onceAndSoon);
const whenever = server('desk', [], once); // what stops trading is as good when it comes late
const id = encodeURIComponent;
const COUNTING_MS = 60_000; // of months
const SENDING_MS = ARRIVES_WITHIN_MS + 3000; // then the desk is asked what became of it
const LOOKING_MS = 50_000; // an address that does not answer is waited for

export const rest = {
  connect: (sessionName) => post('/api/connect', { session_name: sessionName }),
  disconnect: (sessionName) => post('/api/disconnect', { session_name: sessionName }),
  sessionConfig: (sessionName) => get(`/api/sessions/${id(sessionName)}/config`),
  editSession: (sessionName, body) => put(`/api/sessions/${id(sessionName)}/config`, body),
  addSession: (body) => post('/api/sessions', body),
  removeSession: (sessionName, body) => remove(`/api/sessions/${id(sessionName)}`, body),
  switchSession: (sessionName, on, body) => post(`/api/sessions/${id(sessionName)}/${on ? 'enable' : 'disable'}`, body),
  dictionary: (sessionName, msgType) => get(`/api/sessions/${id(sessionName)}/dictionary`, { msg_type: msgType }),
  dictionaryMessages: (sessionName) => get(`/api/sessions/${id(sessionName)}/dictionary/messages`),
  checkMessage: (body) => post('/api/check_message', body),
  sendMessage: (body) => post('/api/send_message', body),
  requestQuote: (body) => post('/api/market/quote_request', body),
  quotes: () => get('/api/market/quotes'),
  answers: (messageId) => get(`/api/messages/${id(messageId)}/answers`),
  diagnosis: (sessionName) => get(`/api/sessions/${id(sessionName)}/diagnosis`, {}, LOOKING_MS),
  previewSequence: (sessionName, body) => post(`/api/sessions/${id(sessionName)}/sequence/preview`, body),
  setSequence: (sessionName, body) => post(`/api/sessions/${id(sessionName)}/sequence`, body),
  testRequest: (sessionName) => post(`/api/sessions/${id(sessionName)}/test_request`, {}),
  logout: (sessionName, text) => post(`/api/sessions/${id(sessionName)}/logout`, { text }),
  resendRequest: (sessionName, from, to) => post(`/api/sessions/${id(sessionName)}/resend_request`, { begin_seq_no: from, end_seq_no: to }),
  letGo: (sessionName) => post(`/api/sessions/${id(sessionName)}/circuit_breaker/let_go`, {}),
  kill: (body) => whenever.post('/api/kill_switch', body),
  risk: () => get('/api/risk'),
  limits: () => get('/api/risk/limits'),
  putLimits: (body) => put('/api/risk/limits', body),
  letGoOfKill: (body) => post('/api/kill_switch/let_go', body),
  alarms: (query) => get('/api/alarms', query),
  alarm: (alarmId) => get(`/api/alarms/${id(alarmId)}`),
  previewAlarm: (alarmId, fields) => post(`/api/alarms/${id(alarmId)}/preview`, { fields }),
  bookAlarm: (alarmId, reason, fields) => post(`/api/alarms/${id(alarmId)}/book`, { reason, fields }),
  dismissAlarm: (alarmId, reason) => post(`/api/alarms/${id(alarmId)}/dismiss`, { reason }),
  sendOrder: (body) => post('/api/send_order', body, SENDING_MS),
  checkOrders: (body) => post('/api/check_orders', body),
  sendOrders: (body) => post('/api/send_orders', body),
  replaceOrder: (body) => post('/api/replace_order', body, SENDING_MS),
  cancelOrder: (body) => post('/api/cancel_order', body, SENDING_MS),
  outcome: (clOrdId, sessionName) => get(`/api/requests/${id(clOrdId)}`, { session_name: sessionName }, SENDING_MS),
  orders: (query) => get('/api/orders', query),
  order: (clOrdId) => get(`/api/orders/${id(clOrdId)}`),
  requestStatus: (clOrdId) => post(`/api/orders/${id(clOrdId)}/request_status`, {}),
  ladder: (clOrdId, before) => get(`/api/orders/${id(clOrdId)}/ladder`, { before }),
  executions: (query) => get('/api/executions', query),
  statistics: (query) => get('/api/statistics', query, COUNTING_MS),
  positions: () => get('/api/positions'),
  messages: (query) => get('/api/messages', query),
  message: (messageId) => get(`/api/messages/${id(messageId)}`),
  decode: (raw, sessionName) => post('/api/decode', { raw, session_name: sessionName }),
};

// Newest first, page by page, until `most` rows or until `enough(rows)` says so. Answers {rows, complete}.
export async function pages(list, key, { query = {}, most, size = 1000, enough = () => false }) {
  const rows = [];
  let before = null;
  for (;;) {
    const answer = await list({ ...query, limit: Math.min(size, most - rows.length), before });
    rows.push(...answer[key]);
    before = answer.next_before ?? null;
    if (before === null || !answer[key].length) return { rows, complete: true };
    if (rows.length >= most || enough(answer[key])) return { rows, complete: false };
  }
}
