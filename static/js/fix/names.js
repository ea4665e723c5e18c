// Wire codes, the names the desk's interface uses for them, and the words a person reads and types.
// What is chosen most stands first, in the order in which it is chosen; `short` is what traders type for it.
const entry = (usual) => ([code, name, label, short = '']) => ({ code, name, label, usual, short: short.split(' ').filter(Boolean) });
const table = (usual, rare) => [...usual.map(entry(true)), ...rare.map(entry(false))];

export const SIDES = table([
  ['1', 'BUY', 'Buy', 'b buy'], ['2', 'SELL', 'Sell', 's sell'], ['5', 'SELL_SHORT', 'Sell short', 'ss short'],
  ['6', 'SELL_SHORT_EXEMPT', 'Sell short exempt', 'sse sx exempt'],
], [
  ['3', 'BUY_MINUS', 'Buy minus'], ['4', 'SELL_PLUS', 'Sell plus'], ['7', 'UNDISCLOSED', 'Undisclosed'], ['8', 'CROSS', 'Cross'],
  ['9', 'CROSS_SHORT', 'Cross short'], ['A', 'CROSS_SHORT_EXEMPT', 'Cross short exempt'], ['B', 'AS_DEFINED', 'As defined'],
  ['C', 'OPPOSITE', 'Opposite'], ['D', 'SUBSCRIBE', 'Subscribe'], ['E', 'REDEEM', 'Redeem'], ['F', 'LEND', 'Lend'], ['G', 'BORROW', 'Borrow'],
]);

export const ORD_TYPES = table([
  ['1', 'MARKET', 'Market', 'm mkt market'], ['2', 'LIMIT', 'Limit', 'l lmt lim limit'], ['3', 'STOP', 'Stop', 's stp stop'],
  ['4', 'STOP_LIMIT', 'Stop limit', 'sl stl stplmt'], ['P', 'PEGGED', 'Pegged', 'p peg pegged'],
  ['5', 'MARKET_ON_CLOSE', 'Market on close', 'moc'], ['B', 'LIMIT_ON_CLOSE', 'Limit on close', 'loc'],
], [
  ['J', 'MARKET_IF_TOUCHED', 'Market if touched', 'mit'], ['7', 'LIMIT_OR_BETTER', 'Limit or better', 'lob'], ['A', 'ON_CLOSE', 'On close'],
  ['K', 'MARKET_WITH_LEFT_OVER_AS_LIMIT', 'Market with left over as limit', 'mtl'], ['I', 'FUNARI', 'Funari'],
  ['6', 'WITH_OR_WITHOUT', 'With or without'], ['8', 'LIMIT_WITH_OR_WITHOUT', 'Limit with or without'], ['9', 'ON_BASIS', 'On basis'],
  ['D', 'PREVIOUSLY_QUOTED', 'Previously quoted'], ['E', 'PREVIOUSLY_INDICATED', 'Previously indicated'],
  ['C', 'FOREX_MARKET', 'Forex: market'], ['F', 'FOREX_LIMIT', 'Forex: limit'], ['G', 'FOREX_SWAP', 'Forex: swap'],
  ['H', 'FOREX_PREVIOUSLY_QUOTED', 'Forex: previously quoted'],
  ['L', 'PREVIOUS_FUND_VALUATION_POINT', 'Previous fund valuation point'], ['M', 'NEXT_FUND_VALUATION_POINT', 'Next fund valuation point'],
]);

export const TIFS = table([
  ['0', 'DAY', 'Day', 'd day'], ['1', 'GTC', 'GTC · good till cancel', 'gtc'], ['3', 'IOC', 'IOC · immediate or cancel', 'ioc'],
  ['4', 'FOK', 'FOK · fill or kill', 'fok'], ['6', 'GTD', 'GTD · good till date', 'gtd'],
], [
  ['2', 'OPG', 'OPG · at the opening', 'opg'], ['7', 'CLOSE', 'Close · at the close', 'cls close'], ['5', 'GTX', 'GTX · good till crossing', 'gtx'],
]);

// The row that somebody means by these letters: what traders type for it first, then how its words begin; null for none.
export function rowMeant(rows, text) {
  const typed = text.toLowerCase();
  const short = (fits) => rows.find((row) => row.short?.some(fits));
  return short((one) => one === typed) ?? short((one) => one.startsWith(typed)) ?? rows.find(({ label }) => label.toLowerCase().startsWith(typed)) ?? null;
}

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
