// Ask again until there is an answer, or until nobody wants it any more.
const FIRST_MS = 1000;
const LONGEST_MS = 10_000;

// wanted(): whether it still is; fault(text or null): what went wrong the last time. Answers undefined when it is no longer wanted.
export async function insist(ask, wanted, fault) {
  for (let wait = FIRST_MS; wanted(); wait = Math.min(wait * 2, LONGEST_MS)) {
    try {
      const answer = await ask();
      if (wanted()) fault(null);
      return answer;
    } catch (problem) {
      if (!wanted()) return undefined;
      fault(problem.text ?? String(problem));
      await new Promise((resolve) => { setTimeout(resolve, wait); });
    }
  }
  return undefined;
}
