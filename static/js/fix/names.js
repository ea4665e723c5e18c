// Wire codes, the names the desk's interface uses for them, and the words a person reads.
const table = (rows) => rows.map(([code, name, label]) => ({ code, name, label }));

export const SIDES = table([
  ['1', 'BUY', 'Buy'], ['2', 'SELL', 'Sell'], ['3', 'BUY_MINUS', 'Buy minus'], ['4', 'SELL_PLUS', 'Sell plus'],
  ['5', 'SELL_SHORT', 'Sell short'], ['6', 'SELL_SHORT_EXEMPT', 'Sell short exempt'],
  ['7', 'UNDISCLOSED', 'Undisclosed'], ['8', 'CROSS', 'Cross'], ['9', 'CROSS_SHORT', 'Cross short'],
]);

export const ORD_TYPES = table([
  ['1', 'MARKET', 'Market'], ['2', 'LIMIT', 'Limit'], ['3', 'STOP', 'Stop'], ['4', 'STOP_LIMIT', 'Stop limit'],
  ['5', 'MARKET_ON_CLOSE', 'Market on close'], ['B', 'LIMIT_ON_CLOSE', 'Limit on close'], ['P', 'PEGGED', 'Pegged'],
]);

export const TIFS = table([
  ['0', 'DAY', 'Day'], ['1', 'GTC', 'GTC · good till cancel'], ['2', 'OPG', 'OPG · at the opening'],
  ['3', 'IOC', 'IOC · immediate or cancel'], ['4', 'FOK', 'FOK · fill or kill'], ['5', 'GTX', 'GTX · good till crossing'],
  ['6', 'GTD', 'GTD · good till date'], ['7', 'CLOSE', 'Close · at the close'],
]);

export const toCode = (rows, name) => rows.find((row) => row.name === name)?.code ?? name;

export const words = (name) => {
  const text = String(name ?? '').replaceAll('_', ' ').toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
};

const labels = (rows) => {
  const known = new Map(rows.flatMap(({ code, name, label }) => [[name, label], [code, label]]));
  return (name) => (name ? known.get(name) ?? words(name) : '');
};

export const sideLabel = labels(SIDES);
export const ordTypeLabel = labels(ORD_TYPES);
export const tifLabel = labels(TIFS);

export const isBuy = (side) => side === 'BUY' || side === 'BUY_MINUS';
export const isSell = (side) => typeof side === 'string' && side.startsWith('SELL');

const STATUS_LABELS = {
  NEW: 'New', PARTIALLY_FILLED: 'Part filled', FILLED: 'Filled', DONE_FOR_DAY: 'Done for day', CANCELED: 'Canceled',
  REPLACED: 'Replaced', PENDING_CANCEL: 'Pending cancel', STOPPED: 'Stopped', REJECTED: 'Rejected', SUSPENDED: 'Suspended',
  PENDING_NEW: 'Pending new', CALCULATED: 'Calculated', EXPIRED: 'Expired', ACCEPTED_FOR_BIDDING: 'Accepted for bidding',
  PENDING_REPLACE: 'Pending replace',
};

const STATUS_CODES = { 0: 'NEW', 1: 'PARTIALLY_FILLED', 2: 'FILLED', 3: 'DONE_FOR_DAY', 4: 'CANCELED', 5: 'REPLACED', 6: 'PENDING_CANCEL', 7: 'STOPPED', 8: 'REJECTED', 9: 'SUSPENDED', A: 'PENDING_NEW', B: 'CALCULATED', C: 'EXPIRED', D: 'ACCEPTED_FOR_BIDDING', E: 'PENDING_REPLACE' };

// By its code on the wire.
export const ordStatusOf = (code) => STATUS_LABELS[STATUS_CODES[code]] ?? (code ? `OrdStatus ${code}` : 'Report');
export const ordStatusLabel = (status) => STATUS_LABELS[status] ?? words(status);

// Before any report an order is PENDING_NEW without an OrderID: it was sent, and that is all that is known.
export const statusLabel = (order) =>
  order.status === 'PENDING_NEW' && !order.order_id ? 'Sent' : ordStatusLabel(order.status);

// An icon for each kind of status, so that it is told by shape as well as by colour.
export const statusIcon = (order) => ({
  FILLED: 'check', PARTIALLY_FILLED: 'half', REJECTED: 'warn', CANCELED: 'cross', EXPIRED: 'cross', DONE_FOR_DAY: 'cross',
  NEW: 'dot', REPLACED: 'dot', SUSPENDED: 'pause', STOPPED: 'pause',
}[order.status] ?? 'ring');

export const statusTone = (order) => ({
  FILLED: 'good', PARTIALLY_FILLED: 'active', NEW: 'active', REPLACED: 'active', REJECTED: 'bad', CANCELED: 'quiet',
  EXPIRED: 'quiet', DONE_FOR_DAY: 'quiet',
}[order.status] ?? 'wait');

const CLOSED = new Set(['FILLED', 'CANCELED', 'REJECTED', 'EXPIRED', 'DONE_FOR_DAY', 'CALCULATED']);
export const isOpen = (order) => order.is_open ?? !CLOSED.has(order.status);

const MSG_TYPES = {
  0: 'Heartbeat', 1: 'TestRequest', 2: 'ResendRequest', 3: 'Reject', 4: 'SequenceReset', 5: 'Logout', A: 'Logon',
  8: 'ExecutionReport', 9: 'OrderCancelReject', D: 'NewOrderSingle', F: 'OrderCancelRequest', G: 'OrderCancelReplaceRequest',
  H: 'OrderStatusRequest', j: 'BusinessMessageReject', V: 'MarketDataRequest', W: 'MarketDataSnapshot',
  X: 'MarketDataIncrementalRefresh', Y: 'MarketDataRequestReject', q: 'OrderMassCancelRequest', r: 'OrderMassCancelReport',
  AF: 'OrderMassStatusRequest', B: 'News', R: 'QuoteRequest', S: 'Quote', h: 'TradingSessionStatus',
  g: 'TradingSessionStatusRequest', x: 'SecurityListRequest', y: 'SecurityList', c: 'SecurityDefinitionRequest', d: 'SecurityDefinition',
  e: 'SecurityStatusRequest', f: 'SecurityStatus', AG: 'QuoteRequestReject', E: 'NewOrderList', K: 'ListCancelRequest', L: 'ListExecute',
  M: 'ListStatusRequest', N: 'ListStatus', Q: 'DontKnowTrade', AB: 'NewOrderMultileg', AC: 'MultilegOrderCancelReplace', s: 'NewOrderCross', J: 'AllocationInstruction', P: 'AllocationInstructionAck',
  AE: 'TradeCaptureReport', AD: 'TradeCaptureReportRequest', AP: 'PositionReport', AN: 'RequestForPositions', Z: 'QuoteCancel', AJ: 'QuoteResponse', i: 'MassQuote', b: 'MassQuoteAcknowledgement',
};
const learnt = new Map(Object.entries(MSG_TYPES));

export const learnMsgType = (code, name) => code && name && learnt.has(code) === false && learnt.set(code, name);
export const isKnownMsgType = (code) => learnt.has(code);
export const knownMsgTypes = () => [...learnt.keys()];
export const msgTypeName = (code) => learnt.get(code) ?? code ?? '';
