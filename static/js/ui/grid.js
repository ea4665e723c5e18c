// AG Grid for a RowStore: rows come by key in transactions, when the store has its turn; the columns' state is remembered.
import * as ag from '../../vendor/ag-grid.js';
import { html, effect, useEffect, useRef } from '../lib.js';
import { recall, remember, zone } from '../state/prefs.js';
import { fitting, withHeadings } from './column_fit.js';
import { Digits } from './column_kinds.js';
import { holdPinned } from './pinned.js';
import { holdRow } from './row_keys.js';
import { tooltips } from './tooltips.js';

ag.ModuleRegistry.registerModules([
  ag.ClientSideRowModelModule, ag.ClientSideRowModelApiModule, ag.ColumnApiModule, ag.GridStateModule, ag.HighlightChangesModule,
  ag.RowSelectionModule, ag.TextFilterModule, ag.NumberFilterModule, ag.CustomFilterModule, ag.ExternalFilterModule, ag.QuickFilterModule, ag.CsvExportModule,
  ag.CellStyleModule, ag.RowStyleModule, ag.RowApiModule, ag.RenderApiModule, ag.EventApiModule, ag.ScrollApiModule, ag.CellApiModule,
]);

// The colours are the page's own variables, so that one theme serves light and dark.
const theme = ag.themeQuartz.withParams({
  backgroundColor: 'var(--panel)', foregroundColor: 'var(--text)', accentColor: 'var(--accent)', borderColor: 'var(--line)',
  headerBackgroundColor: 'var(--head)', headerTextColor: 'var(--muted)', headerFontWeight: 600, oddRowBackgroundColor: 'var(--panel)', rowHoverColor: 'var(--hover)',
  selectedRowBackgroundColor: 'var(--selected)', menuBackgroundColor: 'var(--raised)', valueChangeValueHighlightBackgroundColor: 'var(--flash)',
  fontFamily: 'inherit', fontSize: 13, headerFontSize: 12, rowHeight: 27, headerHeight: 30, cellHorizontalPadding: 7, spacing: 5, columnBorder: false, wrapperBorder: false,
  wrapperBorderRadius: 0, browserColorScheme: 'inherit', iconSize: 13, checkboxBorderRadius: 3,
});

const KEPT = ['columnVisibility', 'columnOrder', 'columnSizing', 'columnPinning', 'sort', 'filter'];
const LEARNED_EVERY_MS = 400;

// seen: a signal that is true while the grid is in sight; out of sight it costs nothing and takes all rows when it is back. passing: a signal of how many
// rows the filters let through, null where there are none. onRow, acts: as in row_keys.js. onApi(api, enter) with null when the grid goes.
export function Grid({ name, store, columns, options = {}, seen, passing = null, onRow = () => {}, acts = {}, onApi, testid, label }) {
  const box = useRef(null);
  useEffect(() => {
    const state = recall(`grid.${name}`);
    const digits = new Digits(columns);
    digits.learn(store.rows.values());
    let timer = null;
    const api = ag.createGrid(box.current, {
      theme,
      columnDefs: withHeadings(columns, box.current).map(({ tooltipField, tooltipValueGetter, headerTooltip, ...column }) => column),
      defaultColDef: { sortable: true, resizable: true, filter: true, enableCellChangeFlash: true, minWidth: 40, suppressHeaderMenuButton: false },
      getRowId: ({ data }) => store.keyOf(data),
      rowData: store.all(),
      deltaSort: true,
      rowBuffer: 3,
      cellFlashDuration: 350,
      cellFadeDuration: 500,
      suppressCellFocus: false,
      cacheQuickFilter: true,
      suppressNoRowsOverlay: true,
      suppressOverlays: ['noMatchingRows'],
      animateRows: false,
      initialState: state ?? undefined,
      onStateUpdated: ({ state: now }) => {
        clearTimeout(timer);
        timer = setTimeout(() => remember(`grid.${name}`, Object.fromEntries(KEPT.filter((key) => key in now).map((key) => [key, now[key]]))), LEARNED_EVERY_MS);
      },
      onModelUpdated: () => {
        if (passing) passing.value = api.isAnyFilterPresent() ? api.getDisplayedRowCount() : null;
        held.follow();
      },
      ...tooltips(columns),
      ...options,
      context: { ...options.context, digits },
    });
    const release = holdPinned(box.current);
    const held = holdRow(api, box.current, onRow, acts);
    const fit = fitting(api, box.current, name, digits);
    fit(digits.known);
    let stale = false;
    const stop = store.subscribe((change) => {
      if (!seen.peek()) {
        stale = true;
        return;
      }
      const grown = [...new Set([...digits.learn(change.add), ...digits.learn(change.update)])];
      if (grown.length) fit(grown);
      api.applyTransaction(change);
      held.follow();
      if (grown.length) api.refreshCells({ columns: grown, force: true, suppressFlash: true });
    });
    const stopSeen = effect(() => {
      if (!seen.value || !stale) return;
      stale = false;
      fit(digits.learn(store.rows.values()));
      api.setGridOption('rowData', store.all());
    });
    let first = true;
    const stopZone = effect(() => {
      zone.value;
      if (!first) {
        api.refreshHeader();
        api.refreshCells({ force: true });
      }
      first = false;
    });
    onApi(api, held.enter);
    return () => {
      stop();
      stopSeen();
      stopZone();
      release();
      held.end();
      clearTimeout(timer);
      onApi(null);
      api.destroy();
    };
  }, []);
  return html`<div class="grid" ref=${box} data-testid=${testid} role="region" aria-label=${label}></div>`;
}

export function forgetColumns(api, name) {
  remember(`grid.${name}`, null);
  api.resetColumnState();
  api.setFilterModel(null);
}
