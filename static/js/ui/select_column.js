// The column by which rows are chosen. AG Grid has one of its own: a component of nine elements and eleven listeners in each row, and a heading
// that goes through all rows twice at each change. Together they took a quarter of the time of a full blotter.
import { element } from './column_kinds.js';

export const SELECT = 'select';

function box(label, testid) {
  const made = element('input', 'select-box');
  made.type = 'checkbox';
  made.tabIndex = -1; // by keys: Space on any cell of the row
  made.setAttribute('aria-label', label);
  made.dataset.testid = testid;
  return made;
}

// The row that was chosen last; with Shift all up to the next one are.
let last = null;

function range(api, from, to) {
  const [first, end] = [Math.min(from, to), Math.max(from, to)];
  return Array.from({ length: end - first + 1 }, (_, at) => api.getDisplayedRowAtIndex(first + at)).filter(Boolean);
}

function selectCell({ api, node, value }) {
  const made = box('Choose this row', 'row-select');
  made.checked = value;
  made.addEventListener('click', (event) => {
    event.stopPropagation();
    const from = event.shiftKey && last !== null && api.getRowNode(last)?.rowIndex;
    const nodes = typeof from === 'number' ? range(api, from, node.rowIndex) : [node];
    api.setNodesSelected({ nodes, newValue: made.checked });
    last = node.id;
  });
  return made;
}

class SelectAll {
  init({ api, eGridHeader }) {
    this.api = api;
    this.box = box('Choose all rows that the filters let through', 'select-all');
    this.box.addEventListener('change', () => this.choose(this.box.checked));
    eGridHeader.addEventListener('keydown', (event) => {
      if (event.key !== ' ' || event.target === this.box) return;
      event.preventDefault();
      this.choose(!this.box.checked);
    });
    this.show = () => {
      const [chosen, shown] = [api.getSelectedNodes().length, api.getDisplayedRowCount()];
      this.box.checked = chosen > 0 && chosen >= shown;
      this.box.indeterminate = chosen > 0 && chosen < shown;
    };
    api.addEventListener('selectionChanged', this.show);
    api.addEventListener('modelUpdated', this.show);
    this.show();
  }

  choose(all) {
    if (all) this.api.selectAll('filtered');
    else this.api.deselectAll();
  }

  getGui() {
    return this.box;
  }

  refresh() {
    return true;
  }

  destroy() {
    if (this.api.isDestroyed()) return;
    this.api.removeEventListener('selectionChanged', this.show);
    this.api.removeEventListener('modelUpdated', this.show);
  }
}

export const selectColumn = {
  colId: SELECT, headerName: '', width: 34, minWidth: 34, maxWidth: 34, resizable: false, sortable: false, filter: false, suppressHeaderMenuButton: true, enableCellChangeFlash: false,
  lockPosition: 'left', suppressMovable: true, cellClass: 'select-cell', headerClass: 'select-cell', headerComponent: SelectAll, cellRenderer: selectCell, getQuickFilterText: () => '',
  valueGetter: ({ node }) => Boolean(node.isSelected()),
};

export const chosenChanged = (api) => api.refreshCells({ columns: [SELECT] });
