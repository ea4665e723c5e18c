// What the CumQty of a report is made of, and whether it adds up.
import { html, useState } from '../lib.js';
import { showDecimal } from '../fix/decimal.js';
import { Icon } from './bits.js';

// The fills behind a CumQty: every one that was counted up to then, those that were taken back with what did it.
export function Proof({ step, at, ladder }) {
  const [open, setOpen] = useState(false);
  const icon = { true: 'check', false: 'warn', null: 'ring' }[step.adds_up];
  const said = { true: 'is the sum of its fills', false: `is not the sum of its fills, ${step.total}`, null: 'can’t be held against its fills' }[step.adds_up];
  return html`<div class="proof">
    <button type="button" class=${`proof-head ${step.adds_up === false ? 'tone-bad' : ''}`} aria-expanded=${open} data-testid="proof" data-adds-up=${String(step.adds_up)} title=${`CumQty(14) ${said}`} onClick=${() => setOpen(!open)}>
      <${Icon} name=${icon} size=${12} /> CumQty ${showDecimal(step.cum_qty)}<span class="sr"> ${said}</span></button>
    ${open && html`<${Parts} step=${step} steps=${ladder.steps.slice(0, at + 1)} ladder=${ladder} said=${said} />`}
  </div>`;
}

function Parts({ step, steps, ladder, said }) {
  const by = new Map(steps.filter((one) => one.taken_back).map((one) => [one.taken_back, one]));
  const parts = steps.filter((one) => one.counted);
  const carried = ladder.carried !== null && /[1-9]/.test(ladder.carried) && step.total !== step.cum_qty ? ladder.carried : null;
  return html`<table class="proof-parts" data-testid="proof-parts"><thead><tr><th>ExecID</th><th class="right">Quantity</th><th class="right">Price</th></tr></thead>
    <tbody>${parts.map((one) => {
      const gone = by.get(one.counted.exec_id);
      return html`<tr key=${one.counted.exec_id} class=${gone ? 'taken-back' : ''}><td><span class="mono">${one.counted.exec_id}</span>${gone && html`<small>${gone.marks.includes('bust') ? 'busted' : 'corrected'} by ${gone.exec_id ?? 'a person'}</small>`}</td><td class="num right">${showDecimal(one.counted.qty)}</td>
        <td class="num right">${showDecimal(one.counted.px, 2)}</td></tr>`;
    })}
    ${carried && html`<tr><td>done elsewhere, or by a split</td><td class="num right">${showDecimal(carried)}</td><td></td></tr>`}
    ${!parts.length && html`<tr><td colspan="3" class="quiet">${step.total === null ? 'Older executions are left out.' : 'No fill yet.'}</td></tr>`}</tbody>
    <tfoot><tr><th>Sum</th><td class="num right">${step.total === null ? '?' : showDecimal(step.total)}</td><td>${`CumQty(14) ${showDecimal(step.cum_qty)} ${said}`}</td></tr></tfoot></table>`;
}
