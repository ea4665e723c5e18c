// A TestRequest to a session's counterparty, and after how long its Heartbeat came.
import { rest } from '../net/rest.js';

const LOOKS_MS = [200, 500, 1000, 2000, 4000, 8000]; // after each other, until it is there

const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

// number: of the TestRequest that was sent. Answers the Heartbeat as {after_ms, msg_seq_num, ...}, or null when none came. Throws a Problem.
export async function heartbeatOf(name, number) {
  for (const wait of LOOKS_MS) {
    await pause(wait);
    const { messages } = await rest.messages({ session_name: name, direction: 'OUT', msg_type: '1', limit: 10 });
    const sent = messages.find(({ msg_seq_num: one }) => one === number);
    const answer = sent && (await rest.message(sent.id)).answered_by;
    if (answer) return answer;
  }
  return null;
}
