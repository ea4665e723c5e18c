// A phone has room for what an order is and how it stands: a row is a card of two lines, and a tap opens the rest. Positions are short enough for columns.
import { rounded, showDecimal } from '../fix/decimal.js';
import { ordTypeLabel, sideLabel, statusIcon, statusLabel, statusTone, isBuy, words } from '../fix/names.js';
import { time } from '../fix/times.js';
import { asOf, isDoubtful } from '../state/liveness.js';
import { zone } from '../state/prefs.js';
import { iconElement } from './bits.js';
import { idOf } from './column_fit.js';
import { element } from './column_kinds.js';

const POSITION = ['symbol', 'account', 'net_qty', 'average_px', 'day_profit'];
const OURS = ['select', 'actions', 'close'];
const CARD_PX = 50;

const number = (text, least = 0) => showDecimal(rounded(text, 8), least);

function card(...lines) {
  const made = element('div', 'card');
  for (const [left, right] of lines) {
    const line = element('div', 'card-line');
    const beginning = element('span', 'card-left');
    beginning.append(...left);
    line.append(beginning, element('span', 'card-right num', right));
    made.append(line);
  }
  return made;
}

const named = ({ symbol, side }, rest) => [element('b', '', symbol), ' ', element('span', isBuy(side) ? 'tone-buy' : 'tone-sell', sideLabel(side)), element('span', 'num', ` ${rest}`)];

function priceOf({ price, stop_px: stop, ord_type: type }) {
  if (price) return `@ ${number(price, 2)}${stop ? ` stop ${number(stop, 2)}` : ''}`;
  return stop ? `stop ${number(stop, 2)}` : ordTypeLabel(type).toLowerCase();
}

function orderCard({ data }) {
  const status = element('span', `status tone-${statusTone(data)}`);
  status.append(iconElement(statusIcon(data)), ` ${statusLabel(data)}`);
  const more = [data.pending && `${data.pending.type} sent`, isDoubtful(data) && asOf(data), data.warnings?.length && 'contradicts itself'].filter(Boolean);
  const filled = `${number(data.cum_qty)} filled, ${number(data.leaves_qty)} left`;
  return card([named(data, `${number(data.order_qty)} ${priceOf(data)}`), time(data.created_at, zone.value).slice(0, 8)],
    [[status, ...more.map((one) => element('span', 'pending', one)), element('span', 'card-text', data.status === 'REJECTED' ? data.text ?? '' : '')], data.status === 'REJECTED' ? '' : filled]);
}

function executionCard({ data }) {
  const traded = Number(data.last_qty) ? `${number(data.last_qty)} @ ${number(data.last_px, 2)}` : words(data.exec_type).toLowerCase();
  return card([named(data, traded), time(data.received_at, zone.value).slice(0, 8)],
    [[element('span', 'quiet', `${words(data.exec_type)}, ${words(data.ord_status).toLowerCase()}`), element('span', 'card-text', data.text ?? '')], `${number(data.cum_qty)} filled, ${number(data.leaves_qty)} left`]);
}

const CARDS = { orders: ['Order', orderCard], executions: ['Execution', executionCard] };

// What the grid needs beside its columns.
export const phoneOptions = (name) => (CARDS[name] ? { rowHeight: CARD_PX, headerHeight: 0 } : {});

export function forPhone(name, columns) {
  const slim = columns.filter((column) => !OURS.includes(idOf(column)));
  if (!CARDS[name]) {
    const place = (column) => (POSITION.includes(idOf(column)) ? POSITION.indexOf(idOf(column)) : POSITION.length);
    return slim.map((column) => ({ ...column, hide: !POSITION.includes(idOf(column)), minWidth: 48 })).sort((a, b) => place(a) - place(b));
  }
  const [headerName, cellRenderer] = CARDS[name];
  const whole = { colId: 'card', headerName, flex: 1, sortable: false, filter: false, enableCellChangeFlash: false, cellClass: 'card-cell', cellRenderer, valueGetter: ({ data }) => Object.values(data).filter((one) => typeof one === 'string').join(' ') };
  return [whole, ...slim.map((column) => ({ ...column, hide: true }))];
}
