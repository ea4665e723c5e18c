// Two decoded messages side by side: fields by their tag, the entries of a group by their number.
const OF_SENDING = new Set([9, 10, 34, 52]); // differ in any two messages

// Answers rows: {key, depth, tag, name, a, b, state, entry}. a and b are nodes of the trees or null; state is 'same', 'sending',
// 'changed', 'onlyA' or 'onlyB'; of an entry's heading, entry is its number and the rest is null.
export function compare(a, b) {
  return ['header', 'body', 'trailer'].flatMap((section) => rowsOf(a[section], b[section], 0, section));
}

function rowsOf(left, right, depth, path) {
  return paired(left, right).flatMap(([a, b, key]) => {
    const { tag, name } = a ?? b;
    const row = { key: `${path}/${key}`, depth, tag, name, a, b, state: stateOf(a, b), entry: null };
    const many = Math.max(a?.entries?.length ?? 0, b?.entries?.length ?? 0);
    const inside = Array.from({ length: many }, (_, at) => {
      const fields = rowsOf(a?.entries?.[at] ?? [], b?.entries?.[at] ?? [], depth + 1, `${row.key}/${at}`);
      const state = fields.some(differs) ? 'changed' : 'same';
      return [{ key: `${row.key}/${at}`, depth: depth + 1, tag, name, a: null, b: null, state, entry: at + 1 }, ...fields];
    }).flat();
    return [row, ...inside];
  });
}

export const differs = ({ state }) => state !== 'same' && state !== 'sending';

function stateOf(a, b) {
  if (!b) return 'onlyA';
  if (!a) return 'onlyB';
  if (a.value === b.value) return 'same';
  return OF_SENDING.has(a.tag) ? 'sending' : 'changed';
}

// In the order of the left side, what only the right side has behind what stands before it there.
function paired(left, right) {
  const waiting = keyed(right);
  const byKey = new Map(waiting);
  const pairs = keyed(left).map(([key, node]) => [node, byKey.get(key) ?? null, key]);
  const at = new Map(pairs.map(([, , key], index) => [key, index]));
  let behind = -1;
  for (const [key, node] of waiting) {
    if (at.has(key)) {
      behind = pairs.findIndex((pair) => pair[2] === key);
      continue;
    }
    behind += 1;
    pairs.splice(behind, 0, [null, node, key]);
  }
  return pairs;
}

function keyed(nodes) {
  const seen = new Map();
  return nodes.map((node) => {
    const times = (seen.get(node.tag) ?? 0) + 1;
    seen.set(node.tag, times);
    return [`${node.tag}.${times}`, node];
  });
}
