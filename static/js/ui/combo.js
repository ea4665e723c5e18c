// A text field that finds one of many by number or name: type, go up and down, Enter takes it.
import { html, useEffect, useRef, useState } from '../lib.js';

const SHOWN = 60;

// options: [{id, code, name, hint, disabled}]; free(text) may answer one more that is made of what was typed.
function matching(options, text, free) {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return options.slice(0, SHOWN);
  const rank = ({ code, name }) => {
    const [low, plain] = [name.toLowerCase(), String(code)];
    if (plain === text.trim()) return 0;
    if (low === wanted || plain.toLowerCase() === wanted) return 1;
    if (low.startsWith(wanted) || plain.startsWith(wanted)) return 2;
    return low.includes(wanted) ? 3 : 9;
  };
  const found = options.map((one) => [rank(one), one]).filter(([place]) => place < 9).sort((a, b) => a[0] - b[0]).map(([, one]) => one).slice(0, SHOWN);
  const made = free?.(text.trim());
  return made && !found.some(({ code }) => String(code) === text.trim()) ? [...found, made] : found;
}

export function Combo({ id, label, value = '', placeholder, options, free, onPick, testid, described }) {
  const [text, setText] = useState(null); // null: closed, and what was chosen is shown
  const [at, setAt] = useState(0);
  const list = useRef(null);
  const early = useRef(null); // what Enter was pressed on before there was anything to choose from
  const found = text === null ? [] : matching(options, text, free);
  const close = () => {
    setText(null);
    setAt(0);
  };
  const pick = (one) => {
    if (!one || one.disabled) return;
    close();
    onPick(one);
  };
  useEffect(() => {
    if (!options.length) return;
    if (text !== null && text === early.current) pick(found[0]);
    early.current = null;
  }, [options.length]);
  const enter = () => {
    if (!options.length) early.current = text;
    pick(found[at]);
  };
  const go = (step) => {
    const next = Math.min(Math.max(at + step, 0), found.length - 1);
    setAt(next);
    list.current?.children[next]?.scrollIntoView({ block: 'nearest' });
  };
  const onKeyDown = (event) => {
    if (event.ctrlKey || event.metaKey) return;
    if (text === null) {
      if (event.key === 'ArrowDown') setText('');
      return;
    }
    const act = { ArrowDown: () => go(1), ArrowUp: () => go(-1), Enter: enter, Escape: close }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  return html`<div class="combo">
    <input id=${id} type="text" role="combobox" aria-label=${label} aria-autocomplete="list" aria-expanded=${text !== null} aria-controls=${`${id}-list`} aria-describedby=${described}
      aria-activedescendant=${text !== null && found[at] ? `${id}-${found[at].id}` : undefined} autocomplete="off" spellcheck=${false} data-testid=${testid}
      placeholder=${placeholder} value=${text ?? value} onFocus=${(event) => event.target.select()} onClick=${() => text === null && setText('')} onBlur=${close}
      onInput=${(event) => { setText(event.target.value); setAt(0); }} onKeyDown=${onKeyDown} />
    ${text !== null && html`<ul id=${`${id}-list`} ref=${list} class="combo-list" role="listbox" aria-label=${label} onPointerDown=${(event) => event.preventDefault()}>
      ${found.map((one, place) => html`<li key=${one.id} id=${`${id}-${one.id}`} role="option" aria-selected=${place === at} aria-disabled=${one.disabled || undefined}
        class=${place === at ? 'at' : ''} title=${one.hint} onClick=${() => pick(one)}>
        <span class="mono combo-code">${one.code}</span> <span>${one.name}</span>${one.hint && html` <small>${one.hint}</small>`}</li>`)}
      ${!found.length && html`<li class="quiet" role="option" aria-disabled="true" aria-selected="false">${options.length ? 'Nothing of that name or number' : 'Loading…'}</li>`}
    </ul>`}
  </div>`;
}
