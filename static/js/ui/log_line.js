// One line of the log, live or stored.
import { html, useRef } from '../lib.js';
import { msgTypeName } from '../fix/names.js';
import { about } from '../fix/summary.js';
import { dayAndTime, time } from '../fix/times.js';
import { remembered } from '../state/prefs.js';
import { decoded } from '../state/view.js';
import { Icon } from './bits.js';

export const ROW = 22;
export const whole = remembered('log.whole', false);
export const inWords = remembered('log.words', true); // whether a line says in words what it says in tags

const HEADER = /^8=[^|]*\|9=\d+\|35=[^|]*\|(?:(?:34|43|49|50|52|56|57|97|122|369)=[^|]*\|)*/;
const body = (raw) => (raw ?? '').replace(HEADER, '').replace(/10=\d{3}\|?$/, '');

export const DIRECTIONS = { IN: ['in', 'In'], OUT: ['out', 'Out'], EVENT: ['dot', 'Event'] };

const SAID = { refusal: 'refuses', refused: 'not accepted', event: 'trouble' };

// all: with header and trailer; words: with what it says in words.
export function Line({ line, chosen, zone: shownZone, whole: all, words: spoken, day = false }) {
  const { words, bad, again } = about(line);
  const [icon, word] = DIRECTIONS[line.direction] ?? DIRECTIONS.EVENT;
  const twice = again && html`<i class="line-again" title="PossDupFlag(43): sent before under this number">again</i> `;
  const event = line.direction === 'EVENT';
  // What was pressed is opened, also where another line has come in its place until the button is let go.
  const pressed = useRef(line);
  const press = () => {
    pressed.current = line;
  };
  const open = ({ detail }) => {
    const one = detail ? pressed.current : line;
    decoded.value = decoded.peek()?.key === one.key ? null : one;
  };
  // Looks go by the class of each part: chromium forgets to look at the parts again when the class of a line changes that it has drawn before.
  const tone = bad ? 'tone-bad' : '';
  return html`<div role="listitem" class=${`line ${chosen ? 'chosen' : ''}`} data-testid="log-line" data-msg-type=${line.msg_type ?? ''} onPointerDown=${press} onClick=${open}>
    <span class="line-time num" title=${dayAndTime(line.at, shownZone)}>${(day ? dayAndTime : time)(line.at, shownZone)}</span>
    <span class="line-session">${line.session_name}</span>
    <span class=${`line-direction line-${line.direction}`}><${Icon} name=${icon} size=${11} /> ${word}</span>
    <span class="line-seq num">${line.msg_seq_num ?? ''}</span>
    ${!event && html`<span class=${`line-type ${tone}`}>${bad && html`<${Icon} name="warn" size=${11} /><span class="sr">${SAID[bad]}</span> `}${msgTypeName(line.msg_type)}</span>`}
    ${spoken && !event && html`<span class=${`line-words ${tone}`} title=${words}>${twice}${words}</span>`}
    <span class=${`line-raw ${event ? `line-note ${tone}` : ''}`}>${!spoken && twice}${bad && event && html`<${Icon} name="warn" size=${11} /><span class="sr">${SAID[bad]}</span> `}${line.refused && html`<b class="tone-bad" title="QuickFIX did not accept it">not accepted: ${line.refused} </b>`}${event ? line.text : all ? line.raw : body(line.raw)}</span>
  </div>`;
}
