// AG Grid holds pinned cells at the edge by `position: sticky`. In a region that scrolls, chromium makes a layer of each of
// them and another of each row below: 66 layers for a full blotter, which it puts together anew at every change, and that
// took more time than drawing the rows. Here they stand where they belong by an offset that follows the scrolling; grid.css has the rest.

// box: the element that the grid was created in. Answers a function that ends it.
export function holdPinned(box) {
  const viewport = box.querySelector('.ag-grid-viewport');
  let told = null;
  const place = () => {
    const beyond = Math.max(0, viewport.scrollWidth - viewport.clientWidth - viewport.scrollLeft);
    if (beyond === told) return;
    told = beyond;
    box.style.setProperty('--beyond', `${beyond}px`);
  };
  const sizes = new ResizeObserver(place);
  sizes.observe(viewport);
  sizes.observe(viewport.firstElementChild);
  viewport.addEventListener('scroll', place, { passive: true });
  return () => {
    sizes.disconnect();
    viewport.removeEventListener('scroll', place);
  };
}
