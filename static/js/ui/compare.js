// Two messages side by side: what differs, said by word and shape as well as by colour; what is equal is folded away.
import { html, useEffect, useState } from '../lib.js';
import { compare, differs } from '../fix/compare.js';
import { explain } from '../fix/explain.js';
import { msgTypeName } from '../fix/names.js';
import { dayAndTime } from '../fix/times.js';
import { rest } from '../net/rest.js';
import { remembered, zone } from '../state/prefs.js';
import { comparePath } from '../state/route.js';
import { comparing } from '../state/view.js';
import { Icon } from './bits.js';
import { Dialog } from './dialog.js';
import { LinkButton } from './link_button.js';
import { meaningOf } from './tree.js';

const equalToo = remembered('compare.equal', false);
const STATES = {
  changed: ['edit', 'changed'], onlyA: ['cross', 'only in A'], onlyB: ['plus', 'only in B'], same: ['check', 'equal'], sending: ['check', 'of each sending'],
};

const close = () => {
  comparing.value = null;
};

const ask = (id) => rest.message(id).then(
  (message) => (message.tree ? message : Promise.reject(new Error(`${id} is an event of the session and no FIX message.`))),
  (problem) => Promise.reject(new Error(problem.status === 404 ? `There is no message ${id}.` : problem.text)),
);

export function Compare() {
  const pair = comparing.value;
  return pair && html`<${Pair} key=${`${pair.a}/${pair.b}`} a=${pair.a} b=${pair.b} />`;
}

function Pair({ a, b }) {
  const [found, setFound] = useState(null);
  const [fault, setFault] = useState(null);
  useEffect(() => {
    let current = true;
    Promise.all([ask(a), ask(b)]).then((both) => current && setFound(both), (error) => current && setFault(error.message));
    return () => {
      current = false;
    };
  }, []);
  return html`<${Dialog} title="Compare two messages" onClose=${close} testid="compare" wide>
    ${fault ? html`<p class="fault">${fault}</p>` : found ? html`<${Fields} a=${found[0]} b=${found[1]} />` : html`<p class="quiet" role="status">Loading…</p>`}
    <div class="dialog-buttons"><${LinkButton} path=${() => comparePath(a, b)} what="this comparison" testid="compare-link" />
      <button type="button" onClick=${() => { comparing.value = { a: b, b: a }; }}>Swap</button><button type="button" class="primary" autofocus onClick=${close}>Close</button></div>
  <//>`;
}

function Fields({ a, b }) {
  const rows = compare(a.tree, b.tree);
  const fields = rows.filter(({ entry }) => entry === null);
  const equal = fields.filter((row) => !differs(row)).length;
  const shown = equalToo.value ? rows : rows.filter(differs);
  return html`<div class="compare">
    <table><thead><tr><th class="num">Tag</th><th>Name</th><th><${Head} letter="A" message=${a} /></th><th><${Head} letter="B" message=${b} /></th><th></th></tr></thead>
      <tbody>${shown.map((row) => html`<${Row} key=${row.key} row=${row} />`)}
      ${!shown.length && html`<tr><td colspan="5" class="quiet">They say the same; only number, time, length and sum differ.</td></tr>`}</tbody></table>
    <button type="button" class="small toggle" aria-pressed=${equalToo.value} data-testid="compare-equal" onClick=${() => { equalToo.value = !equalToo.value; }}>
      ${equalToo.value && html`<${Icon} name="check" size=${12} />`} Equal fields <span class="num">${equal}</span></button>
  </div>`;
}

const Head = ({ letter, message }) => html`<b>${letter}</b> ${message.msg_type_name ?? msgTypeName(message.msg_type)} <span class="quiet num">${message.direction === 'IN' ? 'in' : 'out'} ${message.msg_seq_num} · ${dayAndTime(message.at, zone.value)}</span>`;

function Row({ row }) {
  const [icon, word] = STATES[row.state];
  const indent = { paddingLeft: `${row.depth * 14}px` };
  if (row.entry !== null) return html`<tr class="tree-entry"><td></td><td colspan="4" style=${indent}>${row.name} ${row.entry}</td></tr>`;
  return html`<tr class=${`compare-${row.state}`} data-testid="compare-row" data-tag=${row.tag} data-state=${row.state} title=${explain(row.tag) || undefined}>
    <td class="num">${row.tag}</td><td data-tag=${row.tag} style=${indent}>${row.name ?? html`<i>not in the dictionary</i>`}</td>
    <td><${Value} node=${row.a} /></td><td><${Value} node=${row.b} /></td><td class="compare-state"><${Icon} name=${icon} size=${12} /> ${word}</td></tr>`;
}

const Value = ({ node }) => (node ? html`<span class="mono">${node.value}</span> <span class="quiet">${meaningOf(node)}</span>` : html`<span class="quiet">–<span class="sr"> not there</span></span>`);
