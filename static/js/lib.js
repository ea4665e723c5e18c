// The one place that knows where the libraries come from; every other module imports them from here.
import { h } from '../vendor/preact.js';
import htm from '../vendor/htm.js';

export { render } from '../vendor/preact.js';
export { useEffect, useLayoutEffect, useRef, useState } from '../vendor/preact-hooks.js';
export { batch, computed, effect, signal, untracked } from '../vendor/signals.js';

// A chart of lines; its stylesheet is linked by the page.
export { default as UPlot } from '../vendor/uplot.js';

export const html = htm.bind(h);
