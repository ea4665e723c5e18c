"""What a page measures of itself: the time between frames, long tasks, and how soon a key shows on the screen."""

from __future__ import annotations

# Event Timing gives a key's time to the next paint, in steps of 8 ms; keys that took less than 16 ms are not told one
# by one, and count as 8.
PROBE = """
window.probe = { frames: [], keys: [], typed: 0, longTasks: 0 };
let last = 0;
const frame = (now) => {
  if (last) window.probe.frames.push([now, now - last]);
  last = now;
  requestAnimationFrame(frame);
};
requestAnimationFrame(frame);
new PerformanceObserver((list) => {
  window.probe.longTasks += list.getEntries().length;
}).observe({ type: 'longtask' });
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (entry.name === 'keydown') window.probe.keys.push(entry.duration);
}).observe({ type: 'event', durationThreshold: 16 });
addEventListener('keydown', () => { window.probe.typed += 1; }, { capture: true });
"""

# When the page is live and its ticket takes a symbol.
USABLE = """
new MutationObserver((_changes, observer) => {
  if (!document.querySelector('[data-testid=desk-link][data-state=online]')) return;
  if (!document.querySelector('[data-testid=ticket-symbol]:enabled')) return;
  window.usableAt = performance.now();
  observer.disconnect();
}).observe(document, { subtree: true, childList: true, attributes: true });
"""

TAKE = """() => {
  const { frames, keys, typed, longTasks } = window.probe;
  window.probe.frames = [];
  window.probe.keys = [];
  window.probe.typed = 0;
  window.probe.longTasks = 0;
  const quick = Array(Math.max(0, typed - keys.length)).fill(8);
  return { frames, keys: [...keys, ...quick], typed, longTasks };
}"""
