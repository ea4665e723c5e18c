// Asks the counterparty how an order stands (OrderStatusRequest), and says what it answered.
import { html, useEffect, useRef, useState } from '../lib.js';
import { showDecimal } from '../fix/decimal.js';
import { statusLabel } from '../fix/names.js';
import { clock, duration } from '../fix/times.js';
import { rest } from '../net/rest.js';
import { zone } from '../state/prefs.js';

const LOOKS_MS = [300, 700, 1500, 3000, 6000, 12_000, 24_000]; // after each other, until there is an answer

// The newest question on the ladder with its answer: {step, answer}.
function question(ladder) {
  const step = ladder?.steps.findLast((one) => one.direction === 'OUT' && one.msg_type === 'H');
  return step ? { step, answer: ladder.steps.find((one) => one.answers === step.id) ?? null } : null;
}

// ladder: what is known of the order's messages, or null. onLadder(ladder): there are more.
export function AskStatus({ clOrdId, ladder, onLadder }) {
  const [asking, setAsking] = useState(false);
  const [fault, setFault] = useState(null);
  const gone = useRef(false);
  useEffect(() => () => { gone.current = true; }, []);
  const look = async (before, at = 0) => {
    await new Promise((done) => { setTimeout(done, LOOKS_MS[at]); });
    if (gone.current) return;
    const found = await rest.ladder(clOrdId);
    if (gone.current) return;
    onLadder(found);
    const now = question(found);
    if ((!now?.answer || now.step.id === before) && at + 1 < LOOKS_MS.length) await look(before, at + 1);
  };
  const ask = async () => {
    setFault(null);
    setAsking(true);
    try {
      const before = question(ladder ?? (await rest.ladder(clOrdId)))?.step.id;
      await rest.requestStatus(clOrdId);
      await look(before);
    } catch (problem) {
      if (!gone.current) setFault(problem.text ?? String(problem));
    } finally {
      if (!gone.current) setAsking(false);
    }
  };
  return html`<p class="ask-status" aria-live="polite"><button type="button" class="small" disabled=${asking} data-testid="ask-status" title="OrderStatusRequest: what the counterparty holds to be so" onClick=${ask}>${asking ? 'Asking…' : 'Ask how it stands'}</button>
    <span data-testid="status-answer">${fault ? html`<span class="fault">${fault}</span>` : html`<${Said} found=${question(ladder)} asking=${asking} />`}</span></p>`;
}

function Said({ found, asking }) {
  if (!found) return null;
  const { step, answer } = found;
  const at = clock(new Date(step.at), zone.value);
  if (!answer) return html`<span class="quiet">Asked at ${at}: ${asking ? 'no answer yet' : 'no answer'}.</span>`;
  const after = html`<span class="quiet num">asked at ${at}, after ${duration(answer.after_request_ms)}</span>`;
  if (answer.marks.includes('reject')) return html`<b class="tone-bad">Refused</b>${answer.text && `: ${answer.text}`} ${after}`;
  return html`<b>${statusLabel({ status: answer.status, order_id: true })}</b>${answer.cum_qty !== null && html`, <span class="num">${showDecimal(answer.cum_qty)}</span> filled`}${answer.text && `: ${answer.text}`}, ${after}`;
}
