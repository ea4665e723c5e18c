// Tooltips of a grid, put there when somebody points: AG Grid's own are an object with six listeners for each cell that comes into sight.
// columns: definitions with tooltipField, tooltipValueGetter and headerTooltip. Answers options of the grid.
export function tooltips(columns) {
  const known = new Map(columns.map((column) => [column.colId ?? column.field, column]));
  const tip = ({ tooltipField, tooltipValueGetter }, params) => (tooltipField ? params.data[tooltipField] : tooltipValueGetter?.(params));
  return {
    onCellMouseOver: ({ column, event, value, data }) => {
      const cell = event.target.closest('.ag-cell');
      if (cell) cell.title = tip(known.get(column.getColId()) ?? {}, { value, data }) ?? '';
    },
    onColumnHeaderMouseOver: ({ column }) => {
      const { headerTooltip } = known.get(column.getColId?.()) ?? {};
      const cell = headerTooltip && document.querySelector(`.ag-header-cell:hover[col-id="${column.getColId()}"]`);
      if (cell) cell.title = headerTooltip;
    },
  };
}
