// Ids that nobody had before. Not crypto.randomUUID: a page that comes over plain HTTP from another machine does not have it.
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const digits = (count) => Array.from(crypto.getRandomValues(new Uint8Array(count)), (byte) => DIGITS[byte % 36]).join('');

export const randomKey = () => digits(24);

const run = `${Date.now().toString(36).toUpperCase().padStart(8, '0')}${digits(3)}`;
let given = 0;

// A ClOrdID(11) as the desk makes them: 16 characters, for venues commonly stop at 20.
export const newClOrdId = () => `${run}-${(++given).toString(36).toUpperCase().padStart(4, '0')}`;
