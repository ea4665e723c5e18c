// One step of the tour: what it is about stands in the light, the words beside it. It holds the focus and gives it back.
import { html, useLayoutEffect, useRef, useState } from '../lib.js';
import { endTour, nextStep, startTour, step, stepBack, tourSeen } from '../state/tour.js';

const AWAY = 10; // pixels between the box and what it is about
const EDGE = 8; // and at least between the box and the edge of the window

export const Tour = () => step.value && html`<${Walk} />`;

function Walk() {
  const box = useRef(null);
  const next = useRef(null);
  const [place, setPlace] = useState(null);
  const { at, of, title, text, target, last } = step.value;
  useLayoutEffect(() => {
    const before = document.activeElement;
    box.current.showModal();
    return () => queueMicrotask(() => [before, document.querySelector('[data-testid=help-button]'), document.querySelector('#ticket-symbol')].find(canHold)?.focus());
  }, []);
  useLayoutEffect(() => {
    const put = () => {
      const found = document.querySelector(target)?.getBoundingClientRect();
      if (found && box.current) setPlace(placed(found, box.current.querySelector('.tour-box').getBoundingClientRect()));
    };
    const late = requestAnimationFrame(put); // what the step brings in sight is drawn by then
    addEventListener('resize', put);
    next.current.focus();
    return () => {
      cancelAnimationFrame(late);
      removeEventListener('resize', put);
    };
  }, [target]);
  const keys = (event) => {
    const act = { ArrowRight: !last && nextStep, ArrowLeft: at > 0 && stepBack }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  return html`<dialog class="tour" ref=${box} aria-labelledby="tour-title" data-testid="tour" onClose=${endTour} onKeyDown=${keys}>
    ${place && html`<div class="tour-ring" style=${place.ring}></div>`}
    <div class="tour-box" style=${place?.box}>
      <h2 id="tour-title">${title}</h2><p aria-live="polite">${text}</p>
      <div class="dialog-buttons"><span class="quiet num grow">${at + 1} of ${of}</span>${!last && html`<button type="button" class="small" data-testid="tour-end" onClick=${endTour}>End</button>`}
        <button type="button" class="small" disabled=${at === 0} onClick=${stepBack}>Back</button><button type="button" class="small primary" ref=${next} data-testid="tour-next" onClick=${last ? endTour : nextStep}>${last ? 'Done' : 'Next'}</button></div>
    </div></dialog>`;
}

// What it was started from may be gone by now: then the focus goes to where the tour can be had again.
const canHold = (element) => element && element !== document.body && element.getClientRects().length > 0;

// Below what it is about, else above, else beside it or over it: always within the window.
function placed(target, box) {
  const clamp = (value, most) => Math.max(EDGE, Math.min(value, most - EDGE));
  const fits = (top) => top >= EDGE && top + box.height <= innerHeight - EDGE;
  let left = clamp(target.left, innerWidth - box.width);
  let top = [target.bottom + AWAY, target.top - box.height - AWAY].find(fits);
  if (top === undefined) {
    top = clamp(target.top, innerHeight - box.height);
    const right = target.right + AWAY;
    left = right + box.width <= innerWidth - EDGE ? right : clamp(target.left - box.width - AWAY, innerWidth - box.width);
  }
  const px = (value) => `${Math.round(value)}px`;
  return { box: { left: px(left), top: px(top) }, ring: { left: px(target.left - 3), top: px(target.top - 3), width: px(target.width + 6), height: px(target.height + 6) } };
}

export const TourOffer = () => !tourSeen.value && html`<p class="tour-offer" data-testid="tour-offer">First day here? <button type="button" class="small" data-testid="tour-start" onClick=${startTour}>Take the tour</button>
  <button type="button" class="small" onClick=${() => { tourSeen.value = true; }}>No, thanks</button></p>`;
