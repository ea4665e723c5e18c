// The fields of a message or of a group's entry: name, value, what is wrong with it; groups as entries that hold such a list again.
import { html } from '../lib.js';
import { explain } from '../fix/explain.js';
import { copyEntry, isGroup, newEntry, newField, pathOf, specOf } from '../fix/form.js';
import { freshId, NEW_EACH_TIME, utcTimestamp } from '../fix/pasted.js';
import { deskNow } from '../net/clock.js';
import { Icon } from './bits.js';
import { Combo } from './combo.js';

const TAG = /^[1-9]\d{0,8}$/;

// list, specs: as in fix/form.js; onList(list) takes the changed one. errors: Map of path to message. `prefix` begins the ids on the page,
// `at` the path, such as "no_allocs[0]."; `told`: what is missing is a fault already; `fixed`: no field is added or left out here.
export function FieldList({ list, specs, onList, errors, prefix, at = '', told = false, name = 'the message' }) {
  const put = (field, next) => onList(list.map((one) => (one.id === field.id ? next : one)));
  const present = new Set(list.map((field) => specOf(specs, field.name)?.key));
  const options = specs.filter((spec) => !present.has(spec.key)).map(optionOf);
  const add = ({ made, id }) => {
    const spec = specs.find((one) => one.key === id);
    const field = newField(made ?? spec.name, '', isGroup(spec) ? [newEntry(spec)] : []);
    onList([...list, field]);
    const path = pathOf(specs, field, at);
    setTimeout(() => focusIn(prefix, isGroup(spec) ? `${path}[0].${spec.fields[0].key}` : path), 0);
  };
  return html`<div class="field-list">
    ${list.map((field) => html`<${Row} key=${field.id} field=${field} spec=${specOf(specs, field.name)} path=${pathOf(specs, field, at)} errors=${errors} prefix=${prefix} told=${told}
      onField=${(next) => put(field, next)} onDrop=${() => onList(list.filter((one) => one !== field))} />`)}
    <${Combo} id=${`${prefix}-${at}add`} testid=${`${prefix}-${at}add`} label=${`Add a field to ${name}`} placeholder="Add a field: name or tag" options=${options}
      free=${at ? undefined : customTag} onPick=${add} />
  </div>`;
}

const focusIn = (prefix, path) => document.getElementById(`${prefix}-${path}`)?.focus();
const optionOf = (spec) => ({ id: spec.key, code: spec.tag, name: spec.name, hint: isGroup(spec) ? 'group' : spec.required ? 'required' : '' });
const customTag = (text) => (TAG.test(text) ? { id: `custom-${text}`, code: text, name: 'Custom tag', hint: 'not in the dictionary', made: text } : null);

function Row({ field, spec, path, errors, prefix, told, onField, onDrop }) {
  if (isGroup(spec)) return html`<${Group} field=${field} spec=${spec} path=${path} errors=${errors} prefix=${prefix} told=${told} onField=${onField} onDrop=${onDrop} />`;
  const id = `${prefix}-${path}`;
  const message = errors.get(path);
  const fault = message && (told || field.value !== '') ? message : null;
  const missing = message && !fault;
  return html`<div class=${`form-row ${fault ? 'bad' : ''}`}>
    <label for=${id} title=${spec ? [explain(spec.tag), spec.type].filter(Boolean).join('\n') : 'Not in the dictionary'}>${spec?.name ?? field.name}${spec?.required ? html`<span class="must" title="Required">*</span>` : ''} <small>${spec?.tag ?? 'custom'}</small></label>
    <${Value} id=${id} spec=${spec} field=${field} fault=${fault} missing=${missing} onValue=${(value) => onField({ ...field, value })} />
    <button type="button" class="icon-button" aria-label=${`Leave out ${spec?.name ?? field.name}`} onClick=${onDrop}><${Icon} name="cross" size=${12} /></button>
    ${fault && html`<p class="fault" id=${`${id}-fault`} data-testid=${`${id}-fault`}>${fault}</p>`}
  </div>`;
}

function Value({ id, spec, field, fault, missing, onValue }) {
  const common = { id, 'data-testid': id, 'aria-invalid': Boolean(fault), 'aria-describedby': fault ? `${id}-fault` : undefined };
  const blank = missing ? 'needed' : filledIn(spec) ? 'made by the desk' : '';
  if (spec?.values.length && !spec.type.startsWith('MULTIPLE')) {
    return html`<select ...${common} value=${field.value} onChange=${(event) => onValue(event.target.value)}>
      <option value="">${blank || '–'}</option>
      ${spec.values.map((one) => html`<option key=${one.value} value=${one.value} selected=${one.value === field.value}>${one.value} ${one.name}</option>`)}
      ${field.value !== '' && !spec.values.some((one) => one.value === field.value) && html`<option value=${field.value} selected>${field.value}</option>`}
    </select>`;
  }
  const input = html`<input ...${common} type="text" autocomplete="off" spellcheck=${false} list=${spec?.values.length ? `${id}-values` : undefined} placeholder=${blank || HINTS[spec?.type] || ''}
    value=${field.value} onInput=${(event) => onValue(event.target.value)} />`;
  const help = makes(spec);
  return html`<div class="form-value">${input}
    ${spec?.values.length > 0 && html`<datalist id=${`${id}-values`}>${spec.values.map((one) => html`<option key=${one.value} value=${one.value}>${one.name}</option>`)}</datalist>`}
    ${help && html`<button type="button" class="small" aria-label=${`${help.word} for ${spec.name}`} onClick=${() => onValue(help.make())}>${help.word}</button>`}
  </div>`;
}

const HINTS = {
  UTCTIMESTAMP: 'YYYYMMDD-HH:MM:SS, UTC', UTCTIMEONLY: 'HH:MM:SS, UTC', LOCALMKTDATE: 'YYYYMMDD', UTCDATEONLY: 'YYYYMMDD', UTCDATE: 'YYYYMMDD', MONTHYEAR: 'YYYYMM', BOOLEAN: 'Y or N',
};

// What is required and nobody needs to choose, the desk makes.
const MADE = new Set(['transact_time', 'cl_ord_id', 'list_id', 'list_seq_no', 'tot_no_orders', 'bid_type']);
const filledIn = (spec) => spec?.required && (MADE.has(spec.key) || spec.key.endsWith('_req_id'));

function makes(spec) {
  if (spec?.type === 'UTCTIMESTAMP') return { word: 'Now', make: () => utcTimestamp(new Date(deskNow())) };
  return NEW_EACH_TIME.has(spec?.key) ? { word: 'New', make: freshId } : null;
}

export function Group({ field, spec, path, errors, prefix, told, onField, onDrop }) {
  const { entries } = field;
  const put = (next) => onField({ ...field, entries: next });
  const more = () => {
    put([...entries, newEntry(spec)]);
    setTimeout(() => focusIn(prefix, `${path}[${entries.length}].${spec.fields[0].key}`), 0);
  };
  const move = (from, to) => {
    const next = [...entries];
    next.splice(to, 0, ...next.splice(from, 1));
    put(next);
  };
  const fault = errors.get(path);
  return html`<fieldset class="group" data-testid=${`${prefix}-${path}`}>
    <legend>${spec.name} <small>${spec.tag}</small> <span class="quiet num">${entries.length} ${entries.length === 1 ? 'entry' : 'entries'}</span>
      <button type="button" class="icon-button" aria-label=${`Leave out ${spec.name}`} onClick=${onDrop}><${Icon} name="cross" size=${12} /></button></legend>
    ${fault && html`<p class="fault">${fault}</p>`}
    <ol>${entries.map((entry, place) => html`<li key=${entry.id} class="entry" data-testid=${`${prefix}-${path}[${place}]`}>
      <div class="entry-head"><b class="num">${place + 1}</b> ${errors.get(`${path}[${place}]`) && html`<span class="fault">${errors.get(`${path}[${place}]`)}</span>`}<span class="grow"></span>
        <${Tool} icon="up" label=${`Move entry ${place + 1} of ${spec.name} up`} disabled=${place === 0} act=${() => move(place, place - 1)} />
        <${Tool} icon="down" label=${`Move entry ${place + 1} of ${spec.name} down`} disabled=${place === entries.length - 1} act=${() => move(place, place + 1)} />
        <${Tool} icon="copy" label=${`Duplicate entry ${place + 1} of ${spec.name}`} act=${() => put(entries.toSpliced(place + 1, 0, copyEntry(entry, spec)))} />
        <${Tool} icon="cross" label=${`Remove entry ${place + 1} of ${spec.name}`} act=${() => put(entries.filter((one) => one !== entry))} /></div>
      <${FieldList} list=${entry.fields} specs=${spec.fields} errors=${errors} prefix=${prefix} at=${`${path}[${place}].`} told=${told} name=${`entry ${place + 1} of ${spec.name}`}
        onList=${(fields) => put(entries.map((one) => (one === entry ? { ...entry, fields } : one)))} /></li>`)}</ol>
    <button type="button" class="small" data-testid=${`${prefix}-${path}-more`} onClick=${more}><${Icon} name="plus" size=${12} /> Entry</button>
  </fieldset>`;
}

const Tool = ({ icon, label, disabled, act }) => html`<button type="button" class="icon-button" aria-label=${label} title=${label} disabled=${disabled} onClick=${act}><${Icon} name=${icon} size=${12} /></button>`;
