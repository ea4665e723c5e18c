// A button with a box beside it that closes by a press elsewhere or Esc. children(close) draws what is in it. The box is in the
// browser's top layer, for a panel would cut it off.
import { html, useEffect, useLayoutEffect, useRef, useState } from '../lib.js';
import { Icon } from './bits.js';

const EDGE = 8;

// Below the button, or above it where there is more room.
function place(menu, button, right) {
  const at = button.getBoundingClientRect();
  const [below, above] = [innerHeight - at.bottom, at.top].map((room) => room - 4 - EDGE);
  const down = below >= Math.min(menu.scrollHeight, above);
  menu.style.maxHeight = `${Math.max(120, down ? below : above)}px`;
  const { width, height } = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(EDGE, Math.min(right ? at.right - width : at.left, innerWidth - width - EDGE))}px`;
  menu.style.top = `${down ? at.bottom + 4 : at.top - 4 - height}px`;
}

export function Menu({ label, icon = null, testid, title, children, right = true, small = true }) {
  const [open, setOpen] = useState(false);
  const box = useRef(null);
  useEffect(() => {
    if (!open) return undefined;
    const away = (event) => box.current?.contains(event.target) || setOpen(false);
    // Wherever the focus is: the button that had it may have been disabled by its own press.
    const escape = (event) => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      event.stopPropagation();
      close();
    };
    addEventListener('pointerdown', away);
    addEventListener('keydown', escape, true);
    box.current.querySelector('.menu :is(button, input):not(:disabled)')?.focus();
    return () => {
      removeEventListener('pointerdown', away);
      removeEventListener('keydown', escape, true);
    };
  }, [open]);
  useLayoutEffect(() => {
    if (!open) return undefined;
    const menu = box.current.querySelector('.menu');
    const settle = () => place(menu, box.current.querySelector('button'), right);
    menu.showPopover();
    settle();
    addEventListener('resize', settle);
    return () => removeEventListener('resize', settle);
  }, [open]);
  const close = () => {
    setOpen(false);
    box.current?.querySelector('button')?.focus();
  };
  const onKeyDown = (event) => {
    if (!open) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [...box.current.querySelectorAll('.menu :is(button, input):not(:disabled)')];
    all[(all.indexOf(document.activeElement) + step + all.length) % all.length]?.focus();
  };
  return html`<div class="picker" ref=${box} onKeyDown=${onKeyDown}>
    <button type="button" class=${icon ? 'icon-button' : small ? 'small' : ''} aria-label=${icon ? label : undefined} data-testid=${testid} aria-expanded=${open} title=${title} onClick=${() => setOpen(!open)}>${icon ? html`<${Icon} name=${icon} size=${16} />` : label}</button>
    ${open && html`<div popover="manual" class=${`menu menu-top ${right ? 'menu-right' : ''}`} role="group" aria-label=${label}>${children(close)}</div>`}
  </div>`;
}
