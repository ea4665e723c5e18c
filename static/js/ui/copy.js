// To the clipboard, with what became of it said in the corner.
import { toast } from '../state/toasts.js';
import { copy } from './bits.js';

export async function copyAs(text, what) {
  toast(...((await copy(text)) ? ['info', `${what} copied`] : ['error', 'Not copied', 'The browser did not allow it.']));
}
