// What the market is at, and what a person makes of it: a phase, a halt, the end of the day.
import { html } from '/shared/js/lib.js';
import { time } from '/shared/js/fix/times.js';
import { zone } from '/shared/js/state/prefs.js';
import { part, post, put } from './api.js';
import { ask } from './forms.js';
import { market } from './state.js';

const PHASES = {
  PRE_OPEN: ['Before the open', 'Nothing trades; orders wait for the opening auction.'],
  OPEN: ['Open', 'Begins with an auction of what has waited.'],
  PRE_CLOSE: ['Before the close', 'Trades as when it is open.'],
  CLOSED: ['Closed', 'Ends with an auction of the orders for the close. Nothing trades.'],
  HALTED: ['Halted', 'Nothing trades; what rests stays where it is.'],
};
const BY_CLOCK = 'by clock';

const setPhase = () => ask({
  title: 'What the market is at',
  fields: [{
    name: 'phase', label: 'Phase', kind: 'choice', value: market.peek().by_hand ? market.peek().phase : BY_CLOCK,
    options: [[BY_CLOCK, 'By the clock'], ...Object.entries(PHASES).map(([name, [label, what]]) => [name, `${label} · ${what}`])],
  }],
  confirm: 'Set',
  act: async ({ phase }) => { market.value = await put('/api/market', { phase: phase === BY_CLOCK ? null : phase }); },
  done: 'The phase is set',
});

const endDay = () => ask({
  title: 'End the trading day', text: 'All open day orders expire now, of every client. This can’t be undone.', confirm: 'End the day', danger: true,
  act: () => post('/api/end_of_day', {}), done: (made) => (made.expired === 1 ? 'One order has expired' : `${made.expired} orders have expired`),
});

export const isHalted = (symbol) => Boolean(market.value?.halted.includes(symbol));

export const halt = (symbol) => ask({
  title: `${isHalted(symbol) ? 'Resume' : 'Halt'} ${symbol}`,
  text: isHalted(symbol) ? 'It goes on with an auction of what has waited.' : 'Nothing of it trades until it is resumed; its orders wait.',
  confirm: isHalted(symbol) ? 'Resume' : 'Halt', danger: !isHalted(symbol),
  act: async () => { market.value = await post(`/api/stocks/${part(symbol)}/${isHalted(symbol) ? 'resume' : 'halt'}`, {}); },
});

export function MarketBar() {
  const now = market.value;
  if (!now) return null;
  return html`<div class="bar"><span>Market: <b data-testid="phase">${PHASES[now.phase][0]}</b> <span class="quiet">${now.by_hand ? 'by hand' : 'by the clock'}</span></span>
    <button type="button" class="small" data-testid="set-phase" onClick=${setPhase}>Phase…</button>
    <span class="quiet wide-only">Trading day ${now.trading_date}, ends ${time(now.ends_at, zone.value).slice(0, 5)}</span>
    <button type="button" class="small danger" data-testid="end-day" onClick=${endDay}>End the day…</button></div>`;
}
