// Which columns a grid shows; the choice is kept by the grid's own state.
import { html, useState } from '../lib.js';
import { forgetColumns } from './grid.js';
import { Menu } from './menu.js';

export function Columns({ api, name }) {
  const [, redraw] = useState(0);
  const show = (column, visible) => {
    api.setColumnsVisible([column.getColId()], visible);
    redraw((count) => count + 1);
  };
  const forget = (close) => {
    forgetColumns(api, name);
    close();
  };
  return html`<${Menu} label="Columns" testid="columns" title="Which columns are shown">${(close) => html`
    ${(api?.getColumns() ?? []).filter((column) => column.getColDef().headerName).map((column) => html`<label key=${column.getColId()}><input type="checkbox" checked=${column.isVisible()} onChange=${(event) => show(column, event.target.checked)} /> ${column.getColDef().headerName}</label>`)}
    <button type="button" class="small" onClick=${() => forget(close)}>As they were at first</button>`}<//>`;
}
