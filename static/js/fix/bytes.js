// The bytes of what came and was no message, as the engine writes them into an event: SOH as |, others as \xNN.
const MARK = 'Its bytes: ';

// "… Its bytes: 8=FIX|\xff" -> {text: '…', bytes: [56, 61, …], shown}; bytes is null where there are none, cut says of how many they are the first.
export function bytesIn(event) {
  const at = event.indexOf(MARK);
  if (at < 0) return { text: event, bytes: null, shown: '', cut: null };
  const [shown, cut] = event.slice(at + MARK.length).split(' … of ');
  const bytes = [...shown.matchAll(/\\x([0-9a-f]{2})|([\s\S])/g)].map(([, hex, plain]) => (hex ? Number.parseInt(hex, 16) : plain === '|' ? 1 : plain.charCodeAt(0)));
  return { text: event.slice(0, at).trim(), bytes, shown, cut: cut ?? null };
}

const WIDTH = 8;

// "0000  38 3d 46 …  8=F" for each eight bytes.
export function hexDump(bytes) {
  return Array.from({ length: Math.ceil(bytes.length / WIDTH) }, (_, row) => {
    const some = bytes.slice(row * WIDTH, (row + 1) * WIDTH);
    const hex = some.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = some.map((byte) => (byte === 1 ? '|' : byte > 31 && byte < 127 ? String.fromCharCode(byte) : '·')).join('');
    return `${(row * WIDTH).toString(16).padStart(4, '0')}  ${hex.padEnd(WIDTH * 3 - 1)}  ${text}`;
  });
}
