// Named templates: choose one, keep what stands there now, delete, take them to another browser as a file.
import { html, useRef, useState } from '../lib.js';
import { toast } from '../state/toasts.js';
import { Icon } from './bits.js';
import { Menu } from './menu.js';

function download(templates) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([templates.toJson()], { type: 'application/json' }));
  link.download = `sendfix-${templates.kind}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 0);
}

async function upload(templates, event) {
  const [file] = event.target.files;
  event.target.value = '';
  if (!file) return;
  try {
    toast('good', `${templates.takeJson(await file.text())} taken from ${file.name}`);
  } catch (error) {
    toast('error', `${file.name} was not taken`, error.message);
  }
}

// current() -> the body to keep; describe(body) -> a few words beside the name; what: 'message', 'ticket' or 'page'.
export function TemplateMenu({ templates, testid, what, ready, current, describe, onPick, label = 'Templates', one: single = 'template', first = null }) {
  const [name, setName] = useState('');
  const save = () => {
    if (!name.trim()) return;
    templates.save(name, current());
    toast('good', `Kept as "${name.trim()}"`);
    setName('');
    field.current.focus(); // the button is off now
  };
  const field = useRef(null);
  const drop = (one) => {
    templates.drop(one);
    field.current.focus(); // the button is gone
  };
  const enter = (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    event.stopPropagation();
    save();
  };
  return html`<${Menu} label=${label} testid=${testid} title=${`${label} of the ${what}`}>${(close) => html`
    ${first && html`<button type="button" class="menu-pick" data-testid=${`${testid}-first`} onClick=${() => { close(); onPick(first); }}>As it was at first</button>`}
    ${templates.all.value.map((one) => html`<div class="menu-row" key=${one.name}>
      <button type="button" class="menu-pick" data-testid=${`${testid}-pick`} onClick=${() => { close(); onPick(one.body); }}><b>${one.name}</b> <span class="quiet menu-gist">${describe(one.body)}</span></button>
      <button type="button" class="icon-button" aria-label=${`Delete the ${single} ${one.name}`} data-testid=${`${testid}-drop`} onClick=${() => drop(one.name)}><${Icon} name="cross" size=${12} /></button></div>`)}
    ${!templates.all.value.length && html`<p class="quiet menu-note">None yet. Keep this ${what} under a name:</p>`}
    <div class="menu-save"><input ref=${field} type="text" aria-label=${`Name of the ${single}`} placeholder="Name" maxlength="60" autocomplete="off" data-testid=${`${testid}-name`} value=${name} onInput=${(event) => setName(event.target.value)} onKeyDown=${enter} />
      <button type="button" class="small" disabled=${!ready || !name.trim()} data-testid=${`${testid}-save`} onClick=${save}>Keep</button></div>
    <div class="row-buttons"><button type="button" class="small" disabled=${!templates.all.value.length} data-testid=${`${testid}-export`} onClick=${() => download(templates)}>Export</button>
      <label class="small file-button">Import<input type="file" class="sr" accept=".json,application/json" data-testid=${`${testid}-import`} onChange=${(event) => upload(templates, event)} /></label></div>`}<//>`;
}
