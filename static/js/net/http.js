// REST routes of a server. Every failure is a Problem that a person can read.
const PATIENCE_MS = 15000;

export class Problem extends Error {
  // errors: [{field, message}]; status 0 means that no answer came.
  constructor(status, title, detail, errors = []) {
    super(detail || title);
    this.status = status;
    this.title = title;
    this.errors = errors;
  }

  // The reason in full: the detail and each field with its message.
  get text() {
    const fields = this.errors.map((error) => `${error.field}: ${error.message}`);
    return [this.message, ...fields.filter((line) => !this.message.includes(line))].join('\n');
  }
}

// A list is a parameter that is given several times; what has no value is left out.
const wordsOf = (query) => new URLSearchParams(Object.entries(query)
  .flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one) => [name, one]))
  .filter(([, value]) => value !== null && value !== undefined && value !== ''));

export const withQuery = (path, query) => {
  const words = wordsOf(query);
  return words.size ? `${path}?${words}` : path;
};

// `name` is what a person calls the server; paths of `always` have an answer worth reading whatever its status; `extra(patience)` gives
// headers for what is not a GET.
export function server(name, always = [], extra = () => ({})) {
  async function call(method, path, body, patience = PATIENCE_MS) {
    let answer;
    try {
      answer = await fetch(path, {
        method,
        headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...(method === 'GET' ? {} : extra(patience)) },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: AbortSignal.timeout(patience),
      });
    } catch {
      throw new Problem(0, `No answer from the ${name}`, method === 'GET'
        ? `The ${name} could not be reached.`
        : 'Whether the request arrived is not known. Look at the orders before you send it again.');
    }
    const data = await answer.json().catch(() => null);
    if ((answer.ok || always.includes(path)) && data !== null) return data;
    throw new Problem(
      answer.status,
      data?.title || `The ${name} answered ${answer.status}`,
      data?.detail || `${method} ${path} was answered with ${answer.status} ${answer.statusText}.`,
      Array.isArray(data?.errors) ? data.errors : [],
    );
  }
  return {
    get: (path, query = {}, patience = undefined) => call('GET', withQuery(path, query), undefined, patience),
    post: (path, body, patience = undefined) => call('POST', path, body, patience),
    patch: (path, body) => call('PATCH', path, body),
    put: (path, body) => call('PUT', path, body),
    remove: (path, body) => call('DELETE', path, body),
  };
}
