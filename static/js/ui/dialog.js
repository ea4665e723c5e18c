// A box that stands before all else until it is answered; Esc and a press beside it close it.
import { html, useEffect, useRef } from '../lib.js';

export function Dialog({ title, onClose, children, testid, wide = false }) {
  const box = useRef(null);
  useEffect(() => {
    const before = document.activeElement;
    box.current.showModal();
    return () => before?.focus?.();
  }, []);
  return html`<dialog ref=${box} class=${wide ? 'dialog-wide' : ''} aria-labelledby="dialog-title" data-testid=${testid} onClose=${onClose}
    onClick=${(event) => event.target === box.current && onClose()}>
    <div class="dialog"><h2 id="dialog-title">${title}</h2>${children}</div></dialog>`;
}
