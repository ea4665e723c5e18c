// Names of message types that came live and are not known by heart: from the data dictionaries of the sessions, asked for once.
import { effect, untracked } from '../lib.js';
import { isKnownMsgType } from '../fix/names.js';
import { sessions } from './desk.js';
import { loadMessages } from './dictionaries.js';
import { log } from './log.js';

let asked = '';

async function learn(names) {
  // What can't be asked for now is asked for with the next type; until then the type stands there by its code.
  await Promise.all(names.map((name) => loadMessages(name).catch(() => null)));
  log.types.value = [...log.types.value];
  log.changed();
}

effect(() => {
  if (log.types.value.every(isKnownMsgType)) return;
  const names = sessions.value.map(({ name }) => name);
  untracked(() => names.length && wanted(names));
});

// Asked for again only when there is another type or another session.
function wanted(names) {
  const what = `${log.types.peek().filter((type) => !isKnownMsgType(type))} ${names}`;
  if (what === asked) return;
  asked = what;
  learn(names);
}
