// Prices over time as a small line. What it shows stands as text in the table below it.
import { html, UPlot, useEffect, useRef } from '../lib.js';
import { clock } from '../fix/times.js';
import { theme, zone } from '../state/prefs.js';

const HEIGHT = 110;

// As many as tell one tick from the next.
const digitsOf = ([first, second]) => Math.min(8, Math.max(2, Math.ceil(-Math.log10(Math.abs((second ?? first + 1) - first) || 1))));

export function Line({ track, label }) {
  const box = useRef(null);
  const chart = useRef(null);
  const chosenTheme = theme.value;
  const shownZone = zone.value;
  useEffect(() => {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    const axis = { stroke: colour('--muted'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false }, font: '11px sans-serif' };
    const made = new UPlot({
      width: box.current.clientWidth, height: HEIGHT, legend: { show: false }, cursor: { show: false }, padding: [6, 4, 0, 0],
      scales: { x: { time: true } },
      series: [{}, { stroke: colour('--accent'), width: 1.5, paths: UPlot.paths.stepped({ align: 1 }), points: { show: false } }],
      axes: [
        { ...axis, size: 18, space: 70, values: (_self, ticks) => ticks.map((at) => clock(new Date(at * 1000), shownZone)) },
        { ...axis, size: 52, space: 26, values: (_self, ticks) => ticks.map((price) => price.toFixed(digitsOf(ticks))) },
      ],
    }, [track.x, track.y], box.current);
    chart.current = made;
    const watch = new ResizeObserver(() => box.current && made.setSize({ width: box.current.clientWidth, height: HEIGHT }));
    watch.observe(box.current);
    return () => {
      chart.current = null;
      watch.disconnect();
      made.destroy();
    };
  }, [chosenTheme, shownZone]);
  useEffect(() => {
    chart.current?.setData([track.x, track.y]);
  });
  return html`<div class="market-chart" ref=${box} role="img" aria-label=${label} data-testid="market-chart"></div>`;
}
