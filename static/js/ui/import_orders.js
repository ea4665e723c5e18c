// Orders out of a CSV file or of what is pasted: checked line by line, only then sent, and followed from then on.
import { html, signal, useEffect, useRef, useState } from '../lib.js';
import { sideLabel, ordTypeLabel, statusLabel } from '../fix/names.js';
import { newClOrdId } from '../net/keys.js';
import { rest } from '../net/rest.js';
import { orders, selectedSession } from '../state/desk.js';
import { toast } from '../state/toasts.js';
import { Icon, Status } from './bits.js';
import { Dialog } from './dialog.js';

const MAX_BYTES = 900_000;
const CHECK_AFTER_MS = 500; // after the last key
const EXAMPLE = 'symbol,side,order_qty,ord_type,price,time_in_force,account\nAAPL,BUY,100,LIMIT,180.00,DAY,ACC1\nMSFT,S,"1,000",MKT,,IOC,ACC1\n';
const open = signal(false);

export const importOrders = () => {
  open.value = true;
};

const close = () => {
  open.value = false;
};

export const ImportOrders = () => open.value && html`<${Import} />`;

function download() {
  const anchor = document.createElement('a');
  anchor.href = URL.createObjectURL(new Blob([EXAMPLE], { type: 'text/csv' }));
  anchor.download = 'orders-example.csv';
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 0);
}

// Each order has its id from the check on: what is sent again, since nobody knows whether it arrived, goes out once.
const withIds = (checked) => ({ ...checked, ids: checked.orders.map((order) => order.cl_ord_id ?? newClOrdId()) });

function Import() {
  const [text, setText] = useState('');
  const [name, setName] = useState(null);
  const [checked, setChecked] = useState(null);
  const [sent, setSent] = useState(null);
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const [over, setOver] = useState(false);
  const turn = useRef(0); // what was asked for last is what is shown
  const session = selectedSession.value?.name;
  const attempt = async (work) => {
    const mine = ++turn.current;
    setProblem(null);
    setBusy(true);
    try {
      await work(() => mine === turn.current);
    } catch (error) {
      if (mine === turn.current) setProblem(error.text ?? String(error));
    }
    if (mine === turn.current) setBusy(false);
  };
  const put = (value, from = null) => {
    turn.current += 1;
    setText(value);
    setName(from);
    setChecked(null);
    setSent(null);
    setProblem(null);
  };
  const check = () => attempt(async (wanted) => {
    const found = await rest.checkOrders({ csv: text, session_name: session });
    if (wanted()) setChecked(withIds(found));
  });
  // By itself: at once when a file was taken, else when nothing was typed for a moment.
  useEffect(() => {
    if (!text.trim()) return undefined;
    const timer = setTimeout(check, name ? 0 : CHECK_AFTER_MS);
    return () => clearTimeout(timer);
  }, [text, name]);
  const take = (file) => {
    if (!file) return;
    if (file.size > MAX_BYTES) setProblem(`${file.name} is too large: at most 1,000 orders go at once.`);
    else file.text().then((read) => put(read, file.name), () => setProblem(`${file.name} can't be read.`));
  };
  const drop = (event) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };
  // Line by line what was checked; a line that was refused is not tried.
  const send = () => attempt(async (wanted) => {
    const places = checked.results.flatMap(({ ok }, at) => (ok ? [at] : []));
    const { results, ok, refused } = await rest.sendOrders({ orders: places.map((at) => ({ ...checked.orders[at], cl_ord_id: checked.ids[at] })) });
    if (wanted()) setSent(new Map(places.map((at, number) => [at, results[number]])));
    toast(refused ? 'error' : 'good', `${ok} ${ok === 1 ? 'order' : 'orders'} sent${refused ? `, ${refused} refused` : ''}`);
  });
  return html`<${Dialog} title="Import orders" onClose=${close} testid="import" wide><form class="config-form" onSubmit=${(event) => event.preventDefault()}>
    <p class="quiet">A line of field names (symbol, side, order_qty, ord_type, price, time_in_force … or tag numbers), and an order on each line below. Orders without session_name go to <b>${session ?? 'no session'}</b>. What is refused is not sent.</p>
    <div class=${`drop ${over ? 'is-over' : ''}`} onDragOver=${(event) => { event.preventDefault(); setOver(true); }} onDragLeave=${() => setOver(false)} onDrop=${drop} data-testid="import-drop">
      <label class="drop-file"><input type="file" class="sr" accept=".csv,text/csv,text/plain" aria-label="CSV file" data-testid="import-file" onChange=${(event) => take(event.target.files[0])} /><span class="as-button">Choose a file…</span></label>
      <span class="quiet">${name ? html`<b>${name}</b>` : 'or drop it here, or paste it below'}</span><span class="grow"></span>
      <button type="button" class="small" data-testid="import-example" onClick=${download}>Example file</button></div>
    <label class="wide-label"><span class="sr">Orders as CSV</span><textarea rows="5" spellcheck="false" class="mono" aria-label="Orders as CSV" data-testid="import-text" value=${text} placeholder=${'symbol,side,order_qty,ord_type,price\nAAPL,BUY,100,LIMIT,180.00'} onInput=${(event) => put(event.target.value)}></textarea></label>
    ${problem && html`<p class="fault" role="alert" data-testid="import-problem">${problem}</p>`}
    ${checked && html`<${Lines} checked=${checked} sent=${sent} />`}
    <div class="dialog-buttons"><button type="button" onClick=${close}>Close</button>
      <button type="button" disabled=${busy || !text.trim() || sent} data-testid="import-check" onClick=${check}>Check again</button>
      <button type="button" class="primary" disabled=${busy || !checked?.ok || sent} data-testid="import-send" onClick=${send}>${sent ? 'Sent' : `Send ${checked?.ok ?? 0} ${checked?.ok === 1 ? 'order' : 'orders'}`}</button></div>
  </form><//>`;
}

// The order on the blotter that a line became; null as long as it is not there.
const becameOf = (checked, at) => orders.get(`${checked.orders[at].session_name ?? checked.orders[at].session}/${checked.ids[at]}`) ?? null;

function summary(checked, sent) {
  if (!sent) return `${checked.ok} can be sent${checked.refused ? `, ${checked.refused} can't` : ''}.`;
  const counts = new Map();
  const count = (word) => counts.set(word, (counts.get(word) ?? 0) + 1);
  for (const [at, { ok }] of sent) {
    const order = ok && becameOf(checked, at);
    count(order ? statusLabel(order).toLowerCase() : ok ? 'on its way' : 'refused by the desk');
  }
  if (checked.refused) counts.set('not sent', checked.refused);
  return `${[...counts].map(([word, number]) => `${number} ${word}`).join(', ')}.`;
}

function Lines({ checked, sent }) {
  orders.version.value; // what became of them
  return html`<p aria-live="polite" data-testid="import-summary">${summary(checked, sent)}</p>
    <div class="import-lines"><table><thead><tr><th class="num">Line</th><th>Order</th><th>Result</th></tr></thead>
      <tbody>${checked.results.map((result, at) => html`<${Row} key=${at} line=${checked.lines[at]} order=${checked.orders[at]} notes=${checked.notes[at]} result=${sent?.get(at) ?? result} became=${sent?.has(at) ? becameOf(checked, at) : null} sent=${sent?.has(at)} />`)}</tbody></table></div>`;
}

function Row({ line, order, notes, result, became, sent }) {
  const ok = result.ok && became?.status !== 'REJECTED';
  return html`<tr data-testid="import-line" data-ok=${ok}><td class="num">${line}</td>
    <td><${Words} order=${order} />${notes.length > 0 && html`<span class="import-note" data-testid="import-note">${notes.join('; ')}</span>`}</td>
    <td class=${ok ? 'tone-good' : 'tone-bad'}>${became ? html`<${Status} order=${became} /> <span class="quiet">${became.text || result.cl_ord_id}</span>` : result.ok ? html`<${Icon} name="check" size=${12} /> ${sent ? `Sent: ${result.cl_ord_id}` : 'Good'}` : html`<${Icon} name="warn" size=${12} /> ${result.reason}`}</td></tr>`;
}

const OWN_WORDS = ['session_name', 'session', 'custom_tags', 'side', 'order_qty', 'quantity', 'qty', 'symbol', 'ord_type', 'order_type', 'price'];

function Words({ order }) {
  const first = [sideLabel(order.side?.toUpperCase()), order.order_qty ?? order.quantity ?? order.qty, order.symbol, ordTypeLabel((order.ord_type ?? order.order_type)?.toUpperCase()), order.price].filter(Boolean).join(' ');
  const more = [...Object.entries(order).filter(([name]) => !OWN_WORDS.includes(name)), ...Object.entries(order.custom_tags ?? {})].map(([name, value]) => `${name} ${value}`);
  return html`<b>${first}</b> <span class="quiet">${[...more, order.session_name ?? order.session].join(' · ')}</span>`;
}
