// What an engineer does with a session: why it is not logged on, and its sequence numbers.
import { html, signal, useEffect, useState } from '../lib.js';
import { dayAndTime, duration } from '../fix/times.js';
import { rest } from '../net/rest.js';
import { sessions } from '../state/desk.js';
import { zone } from '../state/prefs.js';
import { heartbeatOf } from '../state/test_request.js';
import { toast } from '../state/toasts.js';
import { Icon } from './bits.js';
import { Dialog } from './dialog.js';

const open = signal(null); // {name, tool: 'why' | 'numbers'}

export const openTool = (name, tool) => {
  open.value = { name, tool };
};

const close = () => {
  open.value = null;
};

export function SessionTools() {
  const session = sessions.value.find(({ name }) => name === open.value?.name);
  if (!session) return null;
  return open.value.tool === 'why' ? html`<${Why} key=${session.name} session=${session} />` : html`<${Numbers} key=${session.name} session=${session} />`;
}

const VERDICTS = {
  ok: { icon: 'check', tone: 'good', text: 'Right' },
  warn: { icon: 'warn', tone: 'wait', text: 'Look at this' },
  fail: { icon: 'cross', tone: 'bad', text: 'In the way' },
  skipped: { icon: 'ring', tone: 'quiet', text: 'Not asked' },
};

function Why({ session }) {
  const [found, setFound] = useState(null);
  const [problem, setProblem] = useState(null);
  const look = async () => {
    setFound(null);
    setProblem(null);
    try {
      setFound(await rest.diagnosis(session.name));
    } catch (error) {
      setProblem(error.text ?? String(error));
    }
  };
  useEffect(() => {
    look();
  }, [session.state]);
  return html`<${Dialog} title=${`Why is ${session.name} ${session.logged_on ? 'logged on' : 'not logged on'}?`} onClose=${close} testid="why">
    ${problem ? html`<p class="fault" role="alert">${problem}</p>` : html`<p aria-live="polite" data-testid="why-summary">${found ? found.summary : 'Looking: this takes a few seconds when an address does not answer…'}</p>`}
    <ol class="checks">${found?.checks.map(({ name, verdict, evidence, action }, index) => html`<li key=${index} data-testid="check" data-check=${name} data-verdict=${verdict}>
      <span class=${`tone-${VERDICTS[verdict].tone}`} title=${VERDICTS[verdict].text}><${Icon} name=${VERDICTS[verdict].icon} /><span class="sr">${VERDICTS[verdict].text}</span></span>
      <div><b>${name}</b> <span>${evidence}</span>${action && html`<p class="action">${action}</p>`}</div></li>`)}</ol>
    <div class="dialog-buttons"><button type="button" onClick=${look} disabled=${!found && !problem} data-testid="why-again">Look again</button><button type="button" class="primary" onClick=${close}>Close</button></div>
  <//>`;
}

const range = (begin, end) => (end >= 2 ** 31 - 1 ? `from ${begin} on` : begin === end ? `${begin}` : `${begin} to ${end}`);
const KINDS = { lost: ['bad', 'Lost'], refused: ['bad', 'Refused'], overwritten: ['wait', 'Overwritten'], replayed: ['good', 'Sent again'], gap_filled: ['good', 'Gap filled'], never_delivered: ['bad', 'Never delivered'] };

function Numbers({ session }) {
  const [values, setValues] = useState({ out: '', into: '', again: '', until: '', from: '', next: '', text: '', reason: '' });
  const [preview, setPreview] = useState(null);
  const [problem, setProblem] = useState(null);
  const [beat, setBeat] = useState('');
  const up = session.state === 'connected' || session.state === 'connecting';
  const attempt = async (work) => {
    setProblem(null);
    try {
      return await work();
    } catch (error) {
      setPreview(null);
      setProblem(error.text ?? String(error));
      return null;
    }
  };
  const field = (name) => ({ value: values[name], onInput: (event) => { setValues({ ...values, [name]: event.target.value }); setPreview(null); } });
  const number = (text) => (text.trim() === '' ? undefined : /^\d+$/.test(text.trim()) ? Number(text) : text);
  const look = (body) => attempt(async () => setPreview(await rest.previewSequence(session.name, body)));
  const set = (event) => {
    event.preventDefault();
    look({ action: 'set', next_sender_seq_num: number(values.out), next_target_seq_num: number(values.into) });
  };
  const again = (event) => {
    event.preventDefault();
    const words = `ResendRequest from ${values.again}${values.until ? ` to ${values.until}` : ''}`;
    say(() => rest.resendRequest(session.name, number(values.again), number(values.until)), words);
  };
  const fill = (event) => {
    event.preventDefault();
    look({ action: 'gap_fill', msg_seq_num: number(values.from), new_seq_no: number(values.next) });
  };
  const logout = (event) => {
    event.preventDefault();
    attempt(async () => {
      await rest.logout(session.name, values.text);
      close();
    });
  };
  const confirm = () => attempt(async () => {
    const done = await rest.setSequence(session.name, { token: preview.token, reason: values.reason });
    toast('good', `${session.name}: next out ${done.next_sender_seq_num}, next in ${done.next_target_seq_num}`);
    close();
  });
  const say = (work, what) => attempt(async () => {
    const { msg_seq_num } = await work();
    toast('good', `${what} sent as MsgSeqNum ${msg_seq_num}`);
    return msg_seq_num;
  });
  const test = async () => {
    setBeat('');
    const sent = await say(() => rest.testRequest(session.name), 'TestRequest');
    if (!sent) return;
    setBeat('Waiting for the Heartbeat…');
    const answer = await heartbeatOf(session.name, sent).catch((fault) => ({ fault }));
    setBeat(answer?.fault ? `The answer can’t be looked for: ${answer.fault.text ?? answer.fault}` : answer ? `Heartbeat ${answer.msg_seq_num} after ${duration(answer.after_ms)}` : 'No Heartbeat has come.');
  };
  return html`<${Dialog} title=${`Sequence numbers of ${session.name}`} onClose=${close} testid="numbers">
    <p>Next out <b class="num" data-testid="numbers-out">${session.next_sender_seq_num}</b>, next in <b class="num">${session.next_target_seq_num}</b>.
      ${up ? ' They can be set while the session is disconnected.' : ' What setting them does is shown first.'}</p>
    ${up && html`<div class="row-buttons"><button type="button" disabled=${!session.logged_on} data-testid="test-request" onClick=${test}>Send a TestRequest</button>
      <button type="button" disabled=${!session.logged_on} data-testid="resend-all" onClick=${() => say(() => rest.resendRequest(session.name, 1), 'ResendRequest from 1')}>Ask for everything again</button> <span class="quiet num" role="status" data-testid="test-answer">${beat}</span></div>
      <form onSubmit=${again} class="numbers-form">
        <label>Ask again from<input type="text" inputmode="numeric" class="num" placeholder="1" autocomplete="off" data-testid="again-from" ...${field('again')} /></label>
        <label>to (empty: to the end)<input type="text" inputmode="numeric" class="num" placeholder=${Math.max(session.next_target_seq_num - 1, 1)} autocomplete="off" data-testid="again-to" ...${field('until')} /></label>
        <div class="row-buttons"><button type="submit" disabled=${!session.logged_on || !values.again} data-testid="again">Send a ResendRequest</button></div>
      </form>
      <p class="quiet">What comes again is counted once.</p>
      <form onSubmit=${fill} class="numbers-form">
        <label>Fill from<input type="text" inputmode="numeric" class="num" placeholder=${session.next_sender_seq_num} autocomplete="off" data-testid="fill-from" ...${field('from')} /></label>
        <label>They expect then<input type="text" inputmode="numeric" class="num" autocomplete="off" data-testid="fill-next" ...${field('next')} /></label>
        <div class="row-buttons"><button type="submit" disabled=${!session.logged_on} data-testid="preview-fill">Preview a gap fill</button></div>
      </form>
      <form onSubmit=${logout} class="numbers-form">
        <label>Text of the Logout<input type="text" maxlength="200" autocomplete="off" data-testid="logout-text" ...${field('text')} /></label>
        <div class="row-buttons"><button type="submit" disabled=${!session.logged_on || !values.text} data-testid="logout">Log out with it</button></div>
      </form>`}
    ${!up && html`<form onSubmit=${set} class="numbers-form">
      <label>Next out<input type="text" inputmode="numeric" class="num" placeholder=${session.next_sender_seq_num} autocomplete="off" data-testid="number-out" ...${field('out')} /></label>
      <label>Next in<input type="text" inputmode="numeric" class="num" placeholder=${session.next_target_seq_num} autocomplete="off" data-testid="number-in" ...${field('into')} /></label>
      <div class="row-buttons"><button type="submit" data-testid="preview-set">Preview</button><button type="button" data-testid="preview-reset" onClick=${() => look({ action: 'reset' })}>Preview a reset to 1</button></div>
    </form>`}
    ${problem && html`<p class="fault" role="alert" data-testid="numbers-problem">${problem}</p>`}
    ${preview && html`<${Preview} preview=${preview} />
      <label class="wide-label">Reason, for the journal<input type="text" maxlength="200" autocomplete="off" data-testid="number-reason" value=${values.reason} onInput=${(event) => setValues({ ...values, reason: event.target.value })} /></label>`}
    <div class="dialog-buttons"><button type="button" onClick=${close}>Close</button>
      ${preview && html`<button type="button" class="primary danger-fill" data-testid="confirm-numbers" onClick=${confirm}>${preview.action === 'reset' ? 'Reset both to 1' : preview.action === 'gap_fill' ? `Fill ${range(preview.msg_seq_num, preview.new_seq_no - 1)}` : `Set to ${preview.wanted.next_sender_seq_num} out, ${preview.wanted.next_target_seq_num} in`}</button>`}</div>
  <//>`;
}

const Preview = ({ preview }) => html`<div class="preview" data-testid="preview" aria-live="polite">
  <ul>${preview.effects.map(({ kind, text, begin, end, orders, messages }) => html`<li key=${kind} data-testid="effect" data-kind=${kind}>
    <b class=${`tone-${KINDS[kind][0]}`}>${KINDS[kind][1]}: ${range(begin, end)}</b> <span>${text}.</span>
    ${orders.length > 0 && html`<p class="quiet">Orders in them: ${orders.slice(0, 8).join(', ')}${orders.length > 8 ? ` and ${orders.length - 8} more` : ''}</p>`}
    ${messages.length > 0 && html`<details><summary>${messages.length} messages that the desk has</summary><ul>${messages.slice(0, 50).map((one) => html`<li key=${one.id} class="num">${one.msg_seq_num} ${dayAndTime(one.at, zone.value)} ${one.msg_type_name ?? one.msg_type}</li>`)}</ul></details>`}</li>`)}</ul>
  ${preview.open_orders.length > 0 && html`<p>Open on this session, perhaps with reports on their way: ${preview.open_orders.slice(0, 8).join(', ')}${preview.open_orders.length > 8 ? ` and ${preview.open_orders.length - 8} more` : ''}.</p>`}
  <p class="quiet">Good until ${dayAndTime(preview.good_until, zone.value).slice(11, 19)} ${zone.value}${preview.action === 'gap_fill' ? '' : ', and only while the numbers stay where they are'}.</p></div>`;
