// In a message's detail: remember it as the one to compare with, or compare it with the one that is remembered.
import { html } from '../lib.js';
import { msgTypeName } from '../fix/names.js';
import { comparing, marked } from '../state/view.js';
import { Icon } from './bits.js';

const named = ({ msg_type: type, msg_type_name: name, msg_seq_num: number }) => `${name ?? msgTypeName(type)} ${number ?? ''}`;
const open = (a, b) => {
  comparing.value = { a, b };
};

// previous: the id of the message of the same kind before it, where there is one.
export function CompareButtons({ line, previous }) {
  if (!line.id) return null;
  const mark = marked.value;
  const mine = mark?.id === line.id;
  return html`${previous && html`<button type="button" class="small" data-testid="compare-previous" onClick=${() => open(previous, line.id)}>Compare with the one before</button>`}
    ${mark && !mine && html`<button type="button" class="small" data-testid="compare-marked" onClick=${() => open(mark.id, line.id)}>Compare with ${named(mark)}</button>`}
    <button type="button" class="small toggle" aria-pressed=${mine} data-testid="mark" onClick=${() => { marked.value = mine ? null : line; }}>${mine && html`<${Icon} name="check" size=${12} />`} ${mine ? 'Marked to compare' : 'Mark to compare'}</button>`;
}
