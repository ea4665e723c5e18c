// The executions of an order, with what became of each: a fill that was busted or corrected is struck out.
import { html } from '../lib.js';
import { showDecimal } from '../fix/decimal.js';
import { words } from '../fix/names.js';
import { time } from '../fix/times.js';
import { zone } from '../state/prefs.js';

const TAKES_BACK = { TRADE_CANCEL: 'busted', TRADE_CORRECT: 'corrected' };

// ExecID -> the execution that took it back. Some name the first execution in each correction: that leads to the one that counts now.
function takenBack(oldestFirst) {
  const by = new Map();
  for (const one of oldestFirst) {
    if (!TAKES_BACK[one.exec_type] || !one.exec_ref_id) continue;
    let id = one.exec_ref_id;
    while (by.get(id)?.exec_type === 'TRADE_CORRECT' && by.get(id).exec_id !== id) id = by.get(id).exec_id;
    if (!by.has(id) && id !== one.exec_id) by.set(id, one);
  }
  return by;
}

export function Executions({ rows }) {
  if (!rows.length) return html`<p class="quiet">None reported yet.</p>`;
  const oldestFirst = [...rows].sort((a, b) => a.id - b.id);
  const by = takenBack(oldestFirst);
  const number = (text, least) => (Number(text) ? showDecimal(text, least) : '');
  return html`<div class="scroll-x"><table class="executions" data-testid="drawer-executions"><thead><tr><th>Time</th><th>Type</th><th class="right">Quantity</th><th class="right">Price</th><th class="right">Filled</th><th>ExecID</th></tr></thead>
    <tbody>${oldestFirst.map((one) => {
      const undone = by.get(one.exec_id);
      return html`<tr key=${one.exec_id} class=${undone ? 'taken-back' : ''}><td class="num">${time(one.received_at, zone.value)}</td>
      <td>${words(one.exec_type)}${TAKES_BACK[one.exec_type] && one.exec_ref_id && html`<small>of <span class="mono-small">${one.exec_ref_id}</span></small>`}${undone && html`<small class="tone-bad">${TAKES_BACK[undone.exec_type]} by ${undone.exec_id}</small>`}</td>
      <td class="num right">${number(one.last_qty)}</td><td class="num right">${number(one.last_px, 2)}</td>
      <td class="num right as-told">${showDecimal(one.cum_qty)}</td><td class="mono">${one.exec_id}</td></tr>`;
    })}</tbody></table></div>`;
}
