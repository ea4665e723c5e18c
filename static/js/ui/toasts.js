import { html, useEffect, useRef } from '../lib.js';
import { dismiss, toasts } from '../state/toasts.js';
import { Icon } from './bits.js';

const ICONS = { good: 'check', error: 'warn', info: 'dot' };

const Toast = ({ one }) => html`<div class="toast toast-${one.kind}" data-testid="toast" data-kind=${one.kind}>
  <${Icon} name=${ICONS[one.kind]} size=${16} />
  <div class="toast-text"><b>${one.title}${one.times > 1 ? ` (${one.times} times)` : ''}</b>${one.text && html`<p>${one.text}</p>`}</div>
  <button type="button" class="icon-button" aria-label="Dismiss" onClick=${() => dismiss(one.id)}><${Icon} name="cross" size=${12} /></button>
</div>`;

// Two live regions, for an error must interrupt and a good result must not.
export const Toasts = () => {
  const errors = toasts.value.filter((one) => one.kind === 'error');
  const others = toasts.value.filter((one) => one.kind !== 'error');
  const box = useRef(null);
  // In the browser's top layer, and put on top anew while a dialog is open, which would hide what it led to.
  useEffect(() => {
    if (document.querySelector('dialog[open]')) box.current.hidePopover();
    if (!box.current.matches(':popover-open')) box.current.showPopover();
  }, [toasts.value]);
  return html`<section popover="manual" ref=${box} class="toasts" aria-label="Results" data-testid="toasts">
    <div aria-live="assertive">${errors.map((one) => html`<${Toast} key=${one.id} one=${one} />`)}</div>
    <div aria-live="polite">${others.map((one) => html`<${Toast} key=${one.id} one=${one} />`)}</div>
  </section>`;
};
