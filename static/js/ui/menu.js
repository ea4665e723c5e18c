// A button with a box below it that closes by a press beside it or Esc. children(close) draws what is in it.
import { html, useEffect, useRef, useState } from '../lib.js';
import { Icon } from './bits.js';

export function Menu({ label, icon = null, testid, title, children, right = true, small = true }) {
  const [open, setOpen] = useState(false);
  const box = useRef(null);
  useEffect(() => {
    if (!open) return undefined;
    const away = (event) => box.current?.contains(event.target) || setOpen(false);
    addEventListener('pointerdown', away);
    box.current.querySelector('.menu :is(button, input):not(:disabled)')?.focus();
    return () => removeEventListener('pointerdown', away);
  }, [open]);
  const close = () => {
    setOpen(false);
    box.current?.querySelector('button')?.focus();
  };
  const onKeyDown = (event) => {
    if (!open) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [...box.current.querySelectorAll('.menu :is(button, input):not(:disabled)')];
    all[(all.indexOf(document.activeElement) + step + all.length) % all.length]?.focus();
  };
  return html`<div class="picker" ref=${box} onKeyDown=${onKeyDown}>
    <button type="button" class=${icon ? 'icon-button' : small ? 'small' : ''} aria-label=${icon ? label : undefined} data-testid=${testid} aria-expanded=${open} title=${title} onClick=${() => setOpen(!open)}>${icon ? html`<${Icon} name=${icon} size=${16} />` : label}</button>
    ${open && html`<div class=${`menu ${right ? 'menu-right' : ''}`} role="group" aria-label=${label}>${children(close)}</div>`}
  </div>`;
}
