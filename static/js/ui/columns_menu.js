// Which columns a grid shows; the choice is kept by the grid's own state.
import { html, useEffect, useRef, useState } from '../lib.js';
import { Icon } from './bits.js';
import { forgetColumns } from './grid.js';

export function Columns({ api, name }) {
  const [open, setOpen] = useState(false);
  const [, redraw] = useState(0);
  const box = useRef(null);
  useEffect(() => {
    if (!open) return undefined;
    const away = (event) => box.current?.contains(event.target) || setOpen(false);
    addEventListener('pointerdown', away);
    return () => removeEventListener('pointerdown', away);
  }, [open]);
  const columns = open && api ? api.getColumns().filter((column) => column.getColDef().headerName) : [];
  const show = (column, visible) => {
    api.setColumnsVisible([column.getColId()], visible);
    redraw((count) => count + 1);
  };
  return html`<div class="columns-menu" ref=${box} onKeyDown=${(event) => { if (event.key === 'Escape' && open) { event.stopPropagation(); setOpen(false); } }}>
    <button type="button" class="small" aria-expanded=${open} data-testid="columns" onClick=${() => setOpen(!open)}>Columns <${Icon} name="down" size=${12} /></button>
    ${open && html`<div class="menu menu-right" role="group" aria-label="Columns">
      ${columns.map((column) => html`<label key=${column.getColId()}><input type="checkbox" checked=${column.isVisible()} onChange=${(event) => show(column, event.target.checked)} /> ${column.getColDef().headerName}</label>`)}
      <button type="button" class="small" onClick=${() => { forgetColumns(api, name); setOpen(false); }}>As they were at first</button>
    </div>`}
  </div>`;
}
