// uPlot as a component: drawn anew when its data, the theme or its width change. Whoever uses it says the same in words.
import { html, UPlot, useLayoutEffect, useRef } from '../lib.js';
import { theme } from '../state/prefs.js';

const variable = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// options(colour): uPlot's, where colour('--good') is a colour of the theme.
export function Chart({ data, options, height = 170, label, testid }) {
  const box = useRef(null);
  const shown = theme.value;
  useLayoutEffect(() => {
    const axis = { stroke: variable('--muted'), font: '11px system-ui', grid: { stroke: variable('--line'), width: 1 }, ticks: { stroke: variable('--line'), width: 1 } };
    const own = options(variable);
    const chart = new UPlot({
      width: Math.max(200, box.current.clientWidth), height, ...own, axes: own.axes.map((one) => ({ ...axis, ...one, grid: { ...axis.grid, ...one.grid } })),
    }, data, box.current);
    const watch = new ResizeObserver(() => chart.setSize({ width: Math.max(200, box.current.clientWidth), height }));
    watch.observe(box.current);
    return () => {
      watch.disconnect();
      chart.destroy();
    };
  }, [data, shown, height]);
  return html`<figure class="chart" role="img" aria-label=${label} data-testid=${testid}><div ref=${box}></div></figure>`;
}

export const inZone = (zone) => (seconds) => (zone === 'UTC' ? UPlot.tzDate(new Date(seconds * 1e3), 'Etc/UTC') : new Date(seconds * 1e3));

export const bars = (side) => UPlot.paths.bars({ size: [0.36, 46], align: side });
