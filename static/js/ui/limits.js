// Limits: whose they are, and how much of each is used.
import { html, useEffect, useState } from '../lib.js';
import { showDecimal } from '../fix/decimal.js';
import { rest } from '../net/rest.js';
import { labelOf, limitsOpen, ofDesk, whoseOf, wordsOf } from '../state/limits.js';
import { Icon } from './bits.js';
import { Dialog } from './dialog.js';
import { EditLimits } from './limits_edit.js';
import { editSession } from './session_config.js';

const LOOK_AGAIN_MS = 2000;
const NEARLY = 80; // percent of a limit from which on it is marked

const close = () => {
  limitsOpen.value = false;
};

export const Limits = () => (limitsOpen.value ? html`<${Overview} />` : null);

function Overview() {
  const [risk, setRisk] = useState(null);
  const [problem, setProblem] = useState('');
  const [edited, setEdited] = useState(null);
  const load = async () => {
    try {
      setRisk(await rest.risk());
      setProblem('');
    } catch (error) {
      setProblem(error.text);
    }
  };
  useEffect(() => {
    load();
    const timer = setInterval(load, LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  if (edited) return html`<${EditLimits} scope=${edited} onDone=${() => { setEdited(null); load(); }} onClose=${close} />`;
  const scopes = risk?.scopes ?? [];
  return html`<${Dialog} title="Limits" wide onClose=${close} testid="limits-dialog">
    ${problem && html`<p class="fault" role="alert"><${Icon} name="warn" /> ${problem}${risk ? ' What is shown may be out of date.' : ''}</p>`}
    ${risk?.limits_problem && html`<p class="fault" role="alert">${risk.limits_problem}</p>`}
    ${risk && !scopes.length && html`<p class="quiet">No limits are set: every order goes that the counterparty takes.</p>`}
    <ul class="limit-scopes">${scopes.map((one) => html`<${Scope} key=${JSON.stringify([one.source, one.scope])} one=${one} onEdit=${() => setEdited(one.scope)} />`)}</ul>
    <div class="dialog-buttons"><button type="button" data-testid="limits-add" disabled=${!risk} onClick=${() => setEdited({})}>Add limits</button>
      <span class="grow"></span><button type="button" class="primary" autofocus onClick=${close}>Close</button></div>
  <//>`;
}

function Scope({ one, onEdit }) {
  const measured = new Set(one.uses.map((use) => use.rule));
  const configured = one.source === 'configuration';
  const edit = configured ? () => { close(); editSession(one.scope.session_name); } : onEdit;
  const title = whoseOf(one.scope);
  return html`<li class="limit-scope" data-testid="limit-scope">
    <div class="limit-head"><h3>${title}</h3><span class="quiet">${configured ? 'in its configuration' : ofDesk(one.scope) ? 'all orders' : ''}</span><span class="grow"></span>
      <button type="button" class="small" aria-label=${`Edit the limits: ${title}`} data-testid="limit-edit" onClick=${edit}>Edit</button></div>
    ${one.uses.map((use) => html`<${Use} key=${use.rule} use=${use} />`)}
    <dl class="limit-words">${wordsOf(one.limits, measured).map(([label, words]) => html`<div key=${label}><dt>${label}</dt><dd>${words}</dd></div>`)}</dl>
  </li>`;
}

function Use({ use }) {
  const part = Number(use.limit) > 0 ? (100 * Number(use.used)) / Number(use.limit) : 100;
  const state = part > 100 ? ['over', 'too much'] : part >= 100 ? ['over', 'used up'] : part >= NEARLY ? ['near', 'nearly used up'] : ['fine', ''];
  const percent = part > 999 ? 'over 999 %' : `${Math.round(part)} %`;
  const label = labelOf(use.rule);
  const words = `${showDecimal(use.used)} of ${showDecimal(use.limit)}${use.symbol ? ` in ${use.symbol}` : ''}`;
  return html`<div class=${`limit-use limit-${state[0]}`} data-testid=${`use-${use.rule}`}>
    <span>${label}</span>
    <span class="limit-bar" role="meter" aria-label=${label} aria-valuemin="0" aria-valuemax="100" aria-valuenow=${Math.min(100, Math.round(part))} aria-valuetext=${`${words}, ${percent} ${state[1]}`}>
      <i style=${{ width: `${Math.min(100, part)}%` }}></i></span>
    <span class="num">${words}</span><span class="num right">${percent}${state[1] && html` <b>${state[1]}</b>`}</span>
  </div>`;
}
