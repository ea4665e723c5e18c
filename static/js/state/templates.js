// What a person keeps under a name to have it again, in this browser; and as a JSON file to take it to another.
import { signal } from '../lib.js';
import { recall, remember } from './prefs.js';

const MOST = 200;
const LONGEST_NAME = 60;

const plain = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

export class Templates {
  // kind: what stands in the file, so that a ticket's template is not taken for a message's.
  constructor(kind, check) {
    this.kind = kind;
    this.check = check; // (body) -> what is wrong with it in words, or null
    const kept = recall(`templates.${kind}`, []);
    this.all = signal((Array.isArray(kept) ? kept : []).filter((one) => plain(one) && typeof one.name === 'string' && !check(one.body)));
  }

  put(list) {
    this.all.value = [...list].sort((a, b) => a.name.localeCompare(b.name)).slice(0, MOST);
    remember(`templates.${this.kind}`, this.all.value);
  }

  // One of the same name is replaced.
  save(name, body) {
    const title = name.trim().slice(0, LONGEST_NAME);
    this.put([...this.all.value.filter((one) => one.name !== title), { name: title, body }]);
  }

  drop(name) {
    this.put(this.all.value.filter((one) => one.name !== name));
  }

  toJson() {
    return JSON.stringify({ sendfix: this.kind, templates: this.all.value }, null, 2);
  }

  // Answers how many were taken; throws an Error that says what is wrong with the file.
  takeJson(text) {
    let file;
    try {
      file = JSON.parse(text);
    } catch (error) {
      throw new Error(`The file is not JSON: ${error.message}`);
    }
    if (!plain(file) || !Array.isArray(file.templates)) throw new Error('The file holds no "templates".');
    if (file.sendfix !== this.kind) throw new Error(`The file holds templates of another kind: ${JSON.stringify(file.sendfix ?? null)} instead of "${this.kind}".`);
    if (file.templates.length > MOST) throw new Error(`The file holds ${file.templates.length} templates; at most ${MOST} are kept.`);
    file.templates.forEach((one, at) => {
      const fault = !plain(one) || typeof one.name !== 'string' || !one.name.trim() ? 'it has no name' : this.check(one.body);
      if (fault) throw new Error(`Template ${at + 1}: ${fault}.`);
    });
    const names = new Set(file.templates.map((one) => one.name.trim()));
    const taken = file.templates.map(({ name, body }) => ({ name: name.trim().slice(0, LONGEST_NAME), body }));
    this.put([...this.all.value.filter((one) => !names.has(one.name)), ...taken]);
    return taken.length;
  }
}

const isText = (value) => typeof value === 'string' || typeof value === 'number';
const areValues = (value) => plain(value) && Object.values(value).every((one) => isText(one) || (Array.isArray(one) && one.every(areValues)));

export const messageTemplates = new Templates('messages', (body) => {
  if (!plain(body) || typeof body.msg_type !== 'string' || !body.msg_type) return 'it has no msg_type';
  if (!areValues(body.fields ?? {})) return 'fields must be texts, or lists of entries for a group';
  return plain(body.custom_tags ?? {}) && Object.values(body.custom_tags ?? {}).every(isText) ? null : 'custom_tags must be texts';
});

export const ticketTemplates = new Templates('ticket', (body) => {
  if (!plain(body) || !plain(body.form) || !Object.values(body.form).every((one) => typeof one === 'string')) return 'form must be texts';
  return areValues(body.fields ?? {}) && areValues(body.custom_tags ?? {}) ? null : 'fields must be texts, or lists of entries for a group';
});
