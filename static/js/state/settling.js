// An order, replace or cancel goes out once. Where its answer was lost, the desk is asked what became of it until that is known for certain.
import { deskNow } from '../net/clock.js';
import { newClOrdId } from '../net/keys.js';
import { ARRIVES_WITHIN_MS, rest } from '../net/rest.js';
import { dismiss, toast } from './toasts.js';

const AGAIN_MS = 1000;
const CLOCKS_MS = 2000; // how wrong our notion of the desk's time may be

const rested = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
const isThere = ({ outcome }) => outcome === 'sent' || outcome === 'on_its_way';

// ask(clOrdId) makes the request. Answers what it answers; null if that was lost, and then the corner says what became of it. Throws the desk's Problem.
export async function surely(sessionName, what, ask, clOrdId = newClOrdId()) {
  const look = () => rest.outcome(clOrdId, sessionName);
  const tooLateAt = deskNow() + ARRIVES_WITHIN_MS + CLOCKS_MS;
  try {
    return await ask(clOrdId);
  } catch (problem) {
    const lost = problem.status === 0;
    // A second copy of the request, or an engine that went away under it: the first may have gone out.
    const doubtful = problem.status === 409 || problem.status >= 500;
    if (!lost && !(doubtful && isThere(await look().catch(() => ({}))))) throw problem;
    follow(look, what, clOrdId, tooLateAt);
    return null;
  }
}

async function follow(look, what, clOrdId, tooLateAt) {
  const asking = toast('error', `Not known yet whether it was sent: ${what}`, `${clOrdId}. The desk is asked until it is known. Don’t send it again before that.`);
  let outcome = null;
  while (outcome === null) {
    const found = await look().catch(() => null);
    if (found?.outcome === 'sent' || (found?.outcome === 'absent' && deskNow() > tooLateAt)) outcome = found.outcome;
    else await rested(AGAIN_MS);
  }
  dismiss(asking);
  if (outcome === 'sent') toast('good', `Sent: ${what}`, `${clOrdId}. The answer of the desk was lost on its way.`);
  else toast('error', `Not sent: ${what}`, `${clOrdId} did not reach the desk in time, which takes it no more. Nothing went out; it can be sent again.`);
}
