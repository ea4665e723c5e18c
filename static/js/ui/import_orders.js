// Orders out of a CSV file or of what is pasted: checked line by line, and only then sent.
import { html, signal, useState } from '../lib.js';
import { newClOrdId } from '../net/keys.js';
import { rest } from '../net/rest.js';
import { selectedSession } from '../state/desk.js';
import { toast } from '../state/toasts.js';
import { Dialog } from './dialog.js';

const MAX_BYTES = 900_000;
const open = signal(false);

export const importOrders = () => {
  open.value = true;
};

const close = () => {
  open.value = false;
};

export const ImportOrders = () => open.value && html`<${Import} />`;

function Import() {
  const [text, setText] = useState('');
  const [checked, setChecked] = useState(null);
  const [sent, setSent] = useState(null);
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const session = selectedSession.value?.name;
  const put = (value) => {
    setText(value);
    setChecked(null);
    setSent(null);
    setProblem(null);
  };
  const attempt = async (work) => {
    setProblem(null);
    setBusy(true);
    try {
      await work();
    } catch (error) {
      setProblem(error.text ?? String(error));
    } finally {
      setBusy(false);
    }
  };
  const take = (event) => {
    const [file] = event.target.files;
    if (!file) return;
    if (file.size > MAX_BYTES) setProblem(`${file.name} is too large: at most 1,000 orders go at once.`);
    else file.text().then(put, () => setProblem(`${file.name} can't be read.`));
  };
  const check = (event) => {
    event.preventDefault();
    attempt(async () => setChecked(withIds(await rest.checkOrders({ csv: text, session_name: session }))));
  };
  // Line by line what was checked; a line that was refused is not tried.
  const send = () => attempt(async () => {
    const places = checked.results.flatMap(({ ok }, at) => (ok ? [at] : []));
    const { results, ok, refused } = await rest.sendOrders({ orders: places.map((at) => ({ ...checked.orders[at], cl_ord_id: checked.ids[at] })) });
    setSent(new Map(places.map((at, number) => [at, results[number]])));
    toast(refused ? 'error' : 'good', `${ok} orders sent${refused ? `, ${refused} refused` : ''}`);
  });
  return html`<${Dialog} title="Import orders" onClose=${close} testid="import"><form onSubmit=${check} class="config-form">
    <p class="quiet">A line of field names (symbol, side, order_qty, ord_type, price, time_in_force … or tag numbers), and an order on each line below. Orders without session_name go to <b>${session ?? 'no session'}</b>.</p>
    <input type="file" accept=".csv,text/csv,text/plain" aria-label="CSV file" data-testid="import-file" onChange=${take} />
    <label class="wide-label">Or paste it here<textarea rows="5" spellcheck="false" class="mono" data-testid="import-text" value=${text} placeholder=${'symbol,side,order_qty,ord_type,price\nAAPL,BUY,100,LIMIT,180.00'} onInput=${(event) => put(event.target.value)}></textarea></label>
    ${problem && html`<p class="fault" role="alert" data-testid="import-problem">${problem}</p>`}
    ${checked && html`<${Lines} checked=${checked} sent=${sent} />`}
    <div class="dialog-buttons"><button type="button" onClick=${close}>Close</button>
      <button type="submit" disabled=${busy || !text.trim()} data-testid="import-check">Check</button>
      <button type="button" class="primary" disabled=${busy || !checked?.ok || sent} data-testid="import-send" onClick=${send}>Send ${checked?.ok ?? 0} orders</button></div>
  </form><//>`;
}

// Each order has its id from the check on: what is sent again, since nobody knows whether it arrived, goes out once.
const withIds = (checked) => ({ ...checked, ids: checked.orders.map((order) => order.cl_ord_id ?? newClOrdId()) });

const Lines = ({ checked, sent }) => html`<p aria-live="polite" data-testid="import-summary">${checked.ok} can be sent${checked.refused ? `, ${checked.refused} can't` : ''}.</p>
  <div class="import-lines"><table><thead><tr><th class="num">Line</th><th>Order</th><th>Result</th></tr></thead>
    <tbody>${checked.results.map((result, at) => {
      const last = sent?.get(at) ?? result;
      return html`<tr key=${at} data-testid="import-line" data-ok=${last.ok}><td class="num">${at + 1}</td><td>${words(checked.orders[at])}</td>
        <td class=${last.ok ? 'tone-good' : 'tone-bad'}>${last.ok ? (sent?.has(at) ? `Sent: ${last.cl_ord_id}` : 'Good') : last.reason}</td></tr>`;
    })}</tbody></table></div>`;

const words = ({ session_name: session, custom_tags: tags, ...fields }) => [...Object.values(fields), ...Object.entries(tags ?? {}).map(([tag, value]) => `${tag}=${value}`), session].join(' ');
