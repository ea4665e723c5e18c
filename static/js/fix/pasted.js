// A message as people paste it: with | or SOH or ^A between its fields, whole from a log or only its body.

// The standard header and trailer, without MsgType: the engine writes them anew.
const ENVELOPE = new Set([
  8, 9, 34, 43, 49, 50, 52, 56, 57, 90, 91, 97, 115, 116, 122, 128, 129, 142, 143, 144, 145, 212, 213, 347, 369, 370, 627, 628, 629, 630,
  1128, 1129, 1137, 1156, 10, 89, 93,
]);

// Fields that name a message and must be new for each that is sent, or say when it was made.
export const NEW_EACH_TIME = new Set([
  'cl_ord_id', 'transact_time', 'quote_req_id', 'quote_id', 'quote_resp_id', 'md_req_id', 'security_req_id', 'security_status_req_id', 'trad_ses_req_id', 'list_id', 'alloc_id',
  'mass_status_req_id', 'ord_status_req_id', 'cross_id', 'ioi_id', 'test_req_id', 'confirm_req_id', 'trade_request_id', 'trade_report_id', 'pos_req_id', 'reg_id', 'settl_inst_req_id',
]);

// {raw: '35=D|55=AAPL', msgType, left: [tags of header and trailer that were left out]}; throws an Error in words.
export function readPasted(text) {
  const parts = text.trim().split(/\u0001|\||\^A|\r?\n/).map((part) => part.trimStart()).filter((part) => part !== '');
  if (!parts.length) throw new Error('There is nothing here yet. Paste fields as 35=D|55=AAPL.');
  const wrong = parts.find((part) => !/^\d+=/.test(part));
  if (wrong !== undefined) throw new Error(`"${wrong.slice(0, 40)}" is not tag=value. Fields stand between | or SOH.`);
  const tagOf = (part) => Number(part.slice(0, part.indexOf('=')));
  const msgType = parts.find((part) => tagOf(part) === 35)?.slice(3);
  if (!msgType) throw new Error('MsgType(35) is missing: which message is it?');
  const body = parts.filter((part) => tagOf(part) !== 35 && !ENVELOPE.has(tagOf(part)));
  const left = parts.map(tagOf).filter((tag) => ENVELOPE.has(tag));
  return { raw: [`35=${msgType}`, ...body].join('|'), msgType, left };
}

// An id that nobody had before, short enough for every counterparty.
export const freshId = () => `C${Date.now().toString(36)}${Math.floor(Math.random() * 1296).toString(36).padStart(2, '0')}`.toUpperCase();

const pad = (number, digits = 2) => String(number).padStart(digits, '0');

// "20260102-03:04:05.678"
export function utcTimestamp(date) {
  const day = `${date.getUTCFullYear()}${pad(date.getUTCMonth() + 1)}${pad(date.getUTCDate())}`;
  return `${day}-${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}:${pad(date.getUTCSeconds())}.${pad(date.getUTCMilliseconds(), 3)}`;
}
