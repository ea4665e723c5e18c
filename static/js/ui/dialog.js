// A box that stands before all else until it is answered; Esc and a press beside it close it, but not the second half of the double click that opened it.
import { html, useLayoutEffect, useRef } from '../lib.js';

export function Dialog({ title, onClose, children, testid, wide = false, kind = '' }) {
  const box = useRef(null);
  const pressedBeside = useRef(false); // and not inside, as when a text is marked with the mouse
  // Before the next key can come: it must not reach what is below.
  useLayoutEffect(() => {
    const before = document.activeElement;
    box.current.showModal();
    return () => queueMicrotask(() => before?.focus?.()); // while the box is there, nothing else can have it
  }, []);
  return html`<dialog ref=${box} class=${`${kind} ${wide ? 'dialog-wide' : ''}`} aria-labelledby="dialog-title" data-testid=${testid} onClose=${onClose}
    onPointerDown=${(event) => { pressedBeside.current = event.target === box.current; }}
    onClick=${(event) => event.target === box.current && pressedBeside.current && event.detail < 2 && onClose()}>
    <div class="dialog"><h2 id="dialog-title">${title}</h2>${children}</div></dialog>`;
}
