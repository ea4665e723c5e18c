// Where the market stands: behind the messages by a tab, or beside other regions. A phone shows one region at a time.
import { computed, signal } from '../lib.js';
import { remembered } from './prefs.js';
import { bottomTab, phoneTab, showLog } from './view.js';

const narrow = matchMedia('(max-width: 760px)');
export const phone = signal(narrow.matches);
narrow.addEventListener('change', () => { phone.value = narrow.matches; });

export const PLACES = [['behind', 'Behind the messages'], ['messages', 'Beside the messages'], ['orders', 'Beside the orders'], ['both', 'Beside both']];

const chosen = remembered('market.place', 'behind');
export const marketPlace = computed(() => (PLACES.some(([id]) => id === chosen.value) ? chosen.value : 'behind'));

export const tabbed = computed(() => marketPlace.value === 'behind'); // whether messages and market share a place
export const logInSight = computed(() => phone.value || !tabbed.value || bottomTab.value === 'log');
export const marketInSight = computed(() => (phone.value ? phoneTab.value === 'market' : !tabbed.value || bottomTab.value === 'market'));

export function placeMarket(place) {
  chosen.value = place;
  if (place === 'behind') bottomTab.value = 'market';
}

export function nextPlace() {
  const at = PLACES.findIndex(([id]) => id === marketPlace.value);
  placeMarket(PLACES[(at + 1) % PLACES.length][0]);
}

// Where both are in sight the keyboard goes from one to the other; else one takes the place of the other.
export function toggleMarket() {
  if (phone.value || tabbed.value) {
    const shown = phone.value ? phoneTab : bottomTab;
    shown.value = shown.value === 'market' ? 'log' : 'market';
    return;
  }
  const there = document.activeElement?.closest('.market');
  if (there) showLog();
  (document.querySelector(there ? '.log .lines' : '.watch [tabindex="0"]') ?? document.querySelector('.market-add input'))?.focus();
}
