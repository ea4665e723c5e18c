// Turns kill switches: holds back new orders and replaces of a session or of all, and lets them go again.
import { html, useState } from '../lib.js';
import { rest } from '../net/rest.js';
import { selectedSession } from '../state/desk.js';
import { limitsOpen } from '../state/limits.js';
import { toast } from '../state/toasts.js';
import { stopping } from '../state/view.js';
import { Dialog } from './dialog.js';

const close = () => {
  stopping.value = null;
};

export const KillSwitch = () => {
  if (!stopping.value) return null;
  return stopping.value.letGo ? html`<${LetGo} kill=${stopping.value.letGo} />` : html`<${Stop} />`;
};

const Reason = ({ value, onInput }) => html`<label class="wide-label">Reason
  <input type="text" maxlength="500" autocomplete="off" autofocus data-testid="stop-reason" value=${value} onInput=${(event) => onInput(event.target.value)} /></label>`;

function Stop() {
  const name = selectedSession.value?.name;
  const [only, setOnly] = useState(false);
  const [cancelOpen, setCancelOpen] = useState(false);
  const [reason, setReason] = useState('');
  const act = async (event) => {
    event.preventDefault();
    try {
      const { kill_switch: kill, canceled } = await rest.kill({ session_name: only ? name : null, reason, cancel_open: cancelOpen });
      const failed = canceled.filter((one) => !one.sent);
      const cancels = cancelOpen ? `${canceled.length - failed.length} cancels sent. ` : '';
      toast(failed.length ? 'error' : 'info', 'New orders and replaces are held back', `${cancels}${failed.length ? `Not canceled: ${failed.map((one) => `${one.cl_ord_id}: ${one.reason}`).join(' ')}` : kill.text}`);
    } catch (problem) {
      toast('error', problem.title, problem.text);
    }
    close();
  };
  return html`<${Dialog} title="Hold back new orders?" onClose=${close} testid="stop-dialog"><form class="stop-form" onSubmit=${act}>
    <p>From now on no new order and no replace is sent, whoever asks, until somebody lets go. Cancels are.</p>
    <label><input type="radio" name="whose" checked=${!only} onChange=${() => setOnly(false)} /> All sessions</label>
    ${name && html`<label><input type="radio" name="whose" data-testid="stop-only" checked=${only} onChange=${() => setOnly(true)} /> ${name} only</label>`}
    <label><input type="checkbox" data-testid="stop-cancel" checked=${cancelOpen} onChange=${(event) => setCancelOpen(event.target.checked)} /> Cancel their open orders, too</label>
    <${Reason} value=${reason} onInput=${setReason} />
    <div class="dialog-buttons"><button type="button" data-testid="stop-limits" onClick=${() => { close(); limitsOpen.value = true; }}>Limits…</button><span class="grow"></span><button type="button" onClick=${close}>Keep trading</button><button type="submit" class="primary danger-fill" data-testid="stop-confirm" disabled=${!reason.trim()}>Stop</button></div>
  </form><//>`;
}

function LetGo({ kill }) {
  const [reason, setReason] = useState('');
  const act = async (event) => {
    event.preventDefault();
    try {
      await rest.letGoOfKill({ session_name: kill.session_name, reason });
      toast('good', 'The kill switch is let go of', kill.session_name ?? 'All sessions');
    } catch (problem) {
      toast('error', problem.title, problem.text);
    }
    close();
  };
  return html`<${Dialog} title="Let new orders go again?" onClose=${close} testid="let-go-dialog"><form class="stop-form" onSubmit=${act}>
    <p>${kill.text}.</p>
    <${Reason} value=${reason} onInput=${setReason} />
    <div class="dialog-buttons"><button type="button" onClick=${close}>Keep</button><button type="submit" class="primary" data-testid="let-go-confirm" disabled=${!reason.trim()}>Let go</button></div>
  </form><//>`;
}
