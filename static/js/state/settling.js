// An order, replace or cancel goes out once. Where its answer was lost, the desk is asked what became of it until that is known for certain.
import { deskNow } from '../net/clock.js';
import { newClOrdId } from '../net/keys.js';
import { ARRIVES_WITHIN_MS, rest } from '../net/rest.js';
import { toast } from './toasts.js';

const AGAIN_MS = 1000;
const CLOCKS_MS = 2000; // how wrong our notion of the desk's time may be
const PATIENCE_MS = 3_600_000; // then what is said stays as it is

const rested = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

// The browser may have sent it twice, and what is answered is the second copy: perhaps by the next run of the desk, which knows nothing of the first.
const isDoubtful = ({ status }) => status >= 500 || [0, 404, 409, 412].includes(status);

// ask(clOrdId) makes the request; `given` is a ClOrdID that a person chose. Answers what it answers; null if that was lost, and then the corner says what became of it. Throws the desk's Problem.
export async function surely(sessionName, what, ask, given = null) {
  const clOrdId = given ?? newClOrdId();
  const look = () => rest.outcome(clOrdId, sessionName);
  const tooLateAt = deskNow() + ARRIVES_WITHIN_MS + CLOCKS_MS;
  try {
    return await ask(clOrdId);
  } catch (problem) {
    // That one may be another order's.
    if (!isDoubtful(problem) || (given && problem.status === 409)) throw problem;
    if (problem.status !== 0 && (await look().catch(() => null))?.outcome === 'absent') throw problem;
    follow(look, what, clOrdId, tooLateAt, problem.status === 0 ? '' : `${problem.text} `);
    return null;
  }
}

async function follow(look, what, clOrdId, tooLateAt, why) {
  const cause = `request ${clOrdId}`;
  toast('error', `Not known yet whether it was sent: ${what}`, `${clOrdId}. ${why}The desk is asked until it is known. Don’t send it again before that.`, { cause });
  let outcome = null;
  while (outcome === null && deskNow() < tooLateAt + PATIENCE_MS) {
    const found = await look().catch(() => null);
    if (found?.outcome === 'sent' || (found?.outcome === 'absent' && deskNow() > tooLateAt)) outcome = found.outcome;
    else await rested(AGAIN_MS);
  }
  if (outcome === null) return;
  if (outcome === 'sent') toast('good', `Sent: ${what}`, `${clOrdId}. The answer of the desk was lost on its way.`, { cause });
  else toast('error', `Not sent: ${what}`, `${clOrdId} did not reach the desk in time, which takes it no more. Nothing went out; it can be sent again.`, { cause });
}
