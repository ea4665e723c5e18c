// A walk over the page for the first day: offered once on an empty desk, and to be had from the list of keys.
import { signal } from '../lib.js';
import { phone } from './places.js';
import { remembered } from './prefs.js';
import { blotterTab, phoneTab, searching, showLog } from './view.js';

const onPhone = (tab) => () => {
  phoneTab.value = tab;
};

// target: what the step is about; a step whose target is not on the page is left out. show: what brings it in sight.
const STEPS = [
  { target: '[data-testid=session-picker]', show: onPhone('ticket'), title: 'The session you trade on', text: 'The shape beside its name says whether it is connected. ] and [ go to the next and the one before.' },
  { target: '[data-testid=sessions]', show: onPhone('sessions'), title: 'All sessions', text: 'Connect stands on each card. Why? asks what is in the way of one that is not connected; Numbers shows its sequence numbers.' },
  { target: '[data-testid=ticket] .fields', show: onPhone('ticket'), title: 'An order', text: 'Press / and type: symbol, quantity, price; or o, and all of it in one line. What is wrong is said beside the field; Field or tag adds any other field of FIX.' },
  { target: '[data-testid=preview]', show: onPhone('ticket'), title: 'What will go', text: 'The message as it will be sent, tag by tag. Bold is yours; dashed is set by the desk or the engine.' },
  { target: '.send', show: onPhone('ticket'), title: 'Send it', text: 'By the button, or with Ctrl and Enter. No single key sends anything; what can’t be taken back asks first.' },
  {
    target: '[data-testid=blotter]', show: () => { onPhone('blotter')(); blotterTab.value = 'orders'; }, title: 'What became of it',
    text: 'One row for each order, live. A click puts it on the ticket to replace or cancel it; a double click shows its messages on a ladder and what each CumQty is made of.',
  },
  {
    target: '[data-testid=log]', show: () => { searching.value = false; showLog(); }, title: 'Every message',
    text: 'A click shows one field by field, with what is wrong in it. h searches everything that is stored, by tag and value.',
  },
  { target: '[data-testid=desk-link]', show: () => {}, title: 'Is it live?', text: 'Desk with a delay is live. Anything else is said here and in a banner, and what was missed is loaded before the page says that it is live again.' },
  { target: '[data-testid=help-button]', show: () => {}, title: 'All the keys', text: '? lists them, and has this tour. The bell beside it turns on a sound and notifications.' },
];

export const tourSeen = remembered('tour.seen', false);
export const step = signal(null); // {at, of, last, title, text, target}, or null

const there = ({ target }) => {
  const found = document.querySelector(target);
  return found !== null && !(phone.value && found.closest('.wide-only'));
};

let walk = [];

function go(at) {
  walk[at].show();
  step.value = { ...walk[at], at, of: walk.length, last: at === walk.length - 1 };
}

export function startTour() {
  walk = STEPS.filter(there);
  go(0);
}

export const nextStep = () => go(step.value.at + 1);
export const stepBack = () => go(step.value.at - 1);

export function endTour() {
  step.value = null;
  tourSeen.value = true;
}
