// A decoded message as a tree: header, body with its groups entry by entry, trailer; what is wrong stands where it is.
import { html, signal } from '../lib.js';
import { explain } from '../fix/explain.js';
import { remembered } from '../state/prefs.js';
import { Icon } from './bits.js';

export const explained = remembered('decode.explain', false);
const folded = remembered('decode.folded', ['Header']);
const foldedEntries = signal(new Set());

const toggle = (name) => {
  folded.value = folded.value.includes(name) ? folded.value.filter((one) => one !== name) : [...folded.value, name];
};

function toggleEntry(path) {
  const next = new Set(foldedEntries.value);
  if (!next.delete(path)) next.add(path);
  foldedEntries.value = next;
}

const PRESENCE = {
  required: ['required', 'The dictionary requires it here'],
  custom: ['custom', 'A tag of the users’ own, from 5000 on'],
  unknown: ['unknown', 'The dictionary of the session does not have it'],
  elsewhere: ['out of place', 'The dictionary has it, but not in this message'],
};

export const meaningOf = (field) => (field.value_name ?? '').replaceAll('_', ' ');

// blamed: {tag, text} of the field that a Reject of the counterparty names, or null.
export function Tree({ tree, blamed = null }) {
  const sections = [['Header', tree.header], ['Body', tree.body], ['Trailer', tree.trailer]];
  return html`<table class="tree"><thead><tr><th class="num">Tag</th><th>Name</th><th>Value</th><th>Meaning</th></tr></thead>
    ${sections.map(([name, nodes]) => html`<${Section} key=${name} name=${name} nodes=${nodes} missing=${tree.missing.filter(({ place }) => place === name.toLowerCase())} blamed=${blamed} />`)}
  </table>
  <${Missing} missing=${tree.missing} />`;
}

const holds = (nodes, tag) => nodes.some((node) => node.tag === tag || node.entries?.some((entry) => holds(entry, tag)));

function Section({ name, nodes, missing, blamed }) {
  // What was refused is shown, also where it is folded as a rule.
  const open = !folded.value.includes(name) || (blamed !== null && holds(nodes, blamed.tag));
  const troubled = missing.length > 0 || nodes.some((node) => node.problem);
  return html`<tbody>
    <tr class="tree-section"><th colspan="4" scope="rowgroup"><button type="button" aria-expanded=${open} data-testid=${`tree-${name.toLowerCase()}`} onClick=${() => toggle(name)}>
      <${Icon} name="down" size=${12} /> ${name} <span class="quiet num">${nodes.length}</span>${troubled && !open && html` <${Icon} name="warn" size=${12} />`}</button></th></tr>
    ${open && nodes.map((node, at) => html`<${Field} key=${at} node=${node} depth=${0} path=${`${name}/${at}`} blamed=${blamed} />`)}
  </tbody>`;
}

function Field({ node, depth, path, blamed }) {
  const guilty = blamed?.tag === node.tag;
  const mark = PRESENCE[node.presence];
  const words = explain(node.tag);
  const folds = node.entries?.length > 0;
  const open = !foldedEntries.value.has(path);
  return html`<tr class=${`tree-field is-${node.presence} ${node.problem || guilty ? 'is-wrong' : ''}`} data-tag=${node.tag} data-depth=${depth} title=${words || undefined}>
      <td class="num">${node.tag}</td>
      <td style=${{ paddingLeft: `${depth * 14}px` }}>${folds ? html`<button type="button" class="tree-group" aria-expanded=${open} onClick=${() => toggleEntry(path)}><${Icon} name="down" size=${11} /><span class="tree-name">${node.name}</span></button>` : html`<span class="tree-name">${node.name ?? html`<i>not in the dictionary</i>`}</span>`}
        ${mark && html`<span class=${`mark mark-${node.presence}`} title=${mark[1]}>${mark[0]}</span>`}
        ${explained.value && words && html`<p class="quiet explain">${words}</p>`}</td>
      <td class="mono">${node.value}</td>
      <td>${meaningOf(node)}${node.problem && html`<p class="tree-problem"><${Icon} name="warn" size=${12} /> ${node.problem}</p>`}${guilty && html`<p class="tree-problem" data-testid="tree-refused"><${Icon} name="warn" size=${12} /> Refused: ${blamed.text}</p>`}</td>
    </tr>
    ${folds && open && node.entries.map((entry, at) => html`<${Entry} key=${at} of=${node} number=${at + 1} fields=${entry} depth=${depth + 1} path=${`${path}/${at}`} blamed=${blamed} />`)}`;
}

const Entry = ({ of, number, fields, depth, path, blamed }) => html`
  <tr class="tree-entry"><td></td><td colspan="3" style=${{ paddingLeft: `${depth * 14}px` }}>${of.name} ${number} of ${of.entries.length}</td></tr>
  ${fields.map((node, at) => html`<${Field} key=${at} node=${node} depth=${depth} path=${`${path}/${at}`} blamed=${blamed} />`)}`;

const Missing = ({ missing }) => missing.length > 0 && html`<ul class="tree-missing" data-testid="tree-missing">
  ${missing.map((one) => html`<li key=${`${one.place}${one.tag}`}><${Icon} name="warn" size=${12} /> ${one.name}(${one.tag}) is required in the ${place(one.place)} and not there.</li>`)}</ul>`;

const place = (name) => (/^(header|body|trailer)$/.test(name) ? name : `entry ${name}`);

const CHECK_ICON = { true: 'check', false: 'warn', null: 'ring' };

export const Checks = ({ tree }) => html`<p class="checks-line" data-testid="integrity">
  <${Check} name="BodyLength(9)" check=${tree.body_length} /> <${Check} name="CheckSum(10)" check=${tree.check_sum} /></p>`;

function Check({ name, check }) {
  const { stated, counted, right } = check;
  const said = stated === null ? 'not there' : right === null ? `${stated}, can’t be counted` : right ? `${stated} is right` : `says ${stated}, counted ${counted}`;
  const why = stated !== null && right === null ? 'A value in the message is hidden' : undefined;
  return html`<span class=${right === false ? 'tone-bad' : right ? 'tone-good' : 'quiet'} title=${why}><${Icon} name=${CHECK_ICON[right]} size=${12} /> ${name} ${said}</span>`;
}
