// The rows of a grid by keys. AG Grid walks from cell to cell; here the keyboard stays with its row, wherever that moves to when others come,
// for what is pressed next is meant for the row that was looked at.
const MODIFIERS = ['ctrlKey', 'metaKey', 'altKey', 'shiftKey'];

const rowOf = (target) => target.closest?.('.ag-row')?.getAttribute('row-id') ?? null;

// box: the element that the grid was created in; onRow(key or null): which row has the keyboard; acts: {key: (row's key) => …}. Answers
// {follow, end}: what is to be called when rows have moved, and what ends it.
export function holdRow(api, box, onRow, acts) {
  let row = null;
  let byHand = false;
  const hand = () => {
    byHand = true;
    setTimeout(() => { byHand = false; }, 0);
  };
  const follow = () => {
    const node = row !== null && box.contains(document.activeElement) ? api.getRowNode(row) : null;
    const at = api.getFocusedCell();
    if (node?.displayed && at && at.rowIndex !== node.rowIndex) api.setFocusedCell(node.rowIndex, at.column);
  };
  const focusin = ({ target }) => {
    const now = rowOf(target);
    if (byHand || row === null || now === null) row = now;
    else if (now !== row) follow(); // the grid has put it back by its number, where another row is now
    onRow(row);
  };
  const focusout = ({ relatedTarget }) => {
    if (!box.contains(relatedTarget)) onRow(null);
  };
  const keydown = (event) => {
    const act = event.target.matches?.('.ag-cell') && !MODIFIERS.some((one) => event[one]) && acts[event.key];
    if (!act || row === null) return;
    event.preventDefault();
    act(row);
  };
  const heard = [['keydown', hand, true], ['pointerdown', hand, true], ['focusin', focusin, false], ['focusout', focusout, false], ['keydown', keydown, false]];
  for (const [name, hear, capture] of heard) box.addEventListener(name, hear, capture);
  return {
    follow,
    end: () => heard.forEach(([name, hear, capture]) => box.removeEventListener(name, hear, capture)),
    // Puts the keyboard on the row that had it, or on the first one in sight.
    enter: () => {
      const node = row === null ? null : api.getRowNode(row);
      const index = node?.displayed ? node.rowIndex : api.getFirstDisplayedRowIndex();
      const column = api.getAllDisplayedColumns().find((one) => one.getColDef().headerName);
      if (index < 0 || !column || !api.getDisplayedRowCount()) return;
      hand();
      api.ensureIndexVisible(index);
      api.setFocusedCell(index, column);
    },
  };
}
