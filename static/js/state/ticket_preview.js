// The ticket's message as tag=value, as far as the page knows it: [{tag, name, value, by: 'engine' | 'desk' | 'you'}].
import { computed } from '../lib.js';
import { isGroup, specOf } from '../fix/form.js';
import { selectedSession } from './desk.js';
import * as ticket from './ticket.js';

export const tagged = computed(() => {
  const session = selectedSession.value;
  const was = ticket.order.value;
  if (!session) return [];
  const now = ticket.form.value;
  const rows = [
    [8, 'BeginString', session.fix_version, 'engine'], [35, 'MsgType', was ? 'G' : 'D', 'desk'],
    [34, 'MsgSeqNum', String(session.next_sender_seq_num ?? '…'), 'engine'],
    [49, 'SenderCompID', session.sender_comp_id, 'engine'], [56, 'TargetCompID', session.target_comp_id, 'engine'],
    [11, 'ClOrdID', '…', 'desk'],
  ];
  if (was) {
    rows.push([41, 'OrigClOrdID', was.cl_ord_id, 'desk']);
    if (was.order_id) rows.push([37, 'OrderID', was.order_id, 'desk']);
  }
  if (session.fix_version === 'FIX.4.2') rows.push([21, 'HandlInst', '1', 'desk']);
  rows.push([55, 'Symbol', ticket.symbol.value, 'you'], [54, 'Side', now.side, 'you'], [38, 'OrderQty', now.order_qty, 'you']);
  rows.push([40, 'OrdType', now.ord_type, 'you']);
  for (const need of ticket.needs.value) {
    const value = now[need.key] ?? '';
    if (value || need.must) rows.push([need.spec?.tag ?? PRICES[need.key], need.spec?.name ?? '', value, 'you']);
  }
  rows.push([59, 'TimeInForce', now.time_in_force, 'you']);
  const specs = ticket.dictionary.value?.fields;
  for (const [key, value] of Object.entries(ticket.expiry.value)) rows.push([specOf(specs, key)?.tag, key, value, 'you']);
  if (now.account) rows.push([1, 'Account', now.account, 'you']);
  if (!was) rows.push(...further(ticket.extras.value, specs));
  rows.push([60, 'TransactTime', '…', 'desk'], [10, 'CheckSum', '…', 'engine']);
  return rows.map(([tag, name, value, by]) => ({ tag, name, value, by }));
});

const PRICES = { price: 44, stop_px: 99 };

function further(list, specs) {
  return list.flatMap((field) => {
    const spec = specOf(specs, field.name);
    const tag = spec?.tag ?? field.name.trim();
    if (!isGroup(spec)) return [[tag, spec?.name ?? '', field.value, 'you']];
    return [[tag, spec.name, String(field.entries.length), 'you'], ...field.entries.flatMap((entry) => further(entry.fields, spec.fields))];
  });
}
