// Symbols are typed in any case and go out in capitals, unless the one in small letters is known and the one in capitals is not.
import { symbols } from './desk.js';
import { dictionaryOf } from './dictionaries.js';

// `more`: symbols that are known beside those of the blotter and of the session's dictionary. Only a to z change: a sharp s has no capital that FIX could carry.
export function symbolOf(sessionName, text, more = []) {
  const typed = text.trim();
  const capitals = typed.replace(/[a-z]/g, (letter) => letter.toUpperCase());
  const listed = dictionaryOf(sessionName, 'D')?.byKey.get('symbol')?.values ?? [];
  const isKnown = (symbol) => symbols.value.includes(symbol) || more.includes(symbol) || listed.some(({ value }) => value === symbol);
  return isKnown(typed) && !isKnown(capitals) ? typed : capitals;
}
