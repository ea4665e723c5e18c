// The broker's REST routes. Every failure is a Problem that a person can read.
const PATIENCE_MS = 15000;

export class Problem extends Error {
  // errors: [{field, message}]; status 0 means that no answer came.
  constructor(status, title, detail, errors = []) {
    super(detail || title);
    this.status = status;
    this.title = title;
    this.errors = errors;
  }
}

export async function call(method, path, body) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch {
    throw new Problem(0, 'No answer from the broker', method === 'GET'
      ? 'The broker could not be reached.'
      : 'Whether the request arrived is not known. Look at the orders before you send it again.');
  }
  const data = await answer.json().catch(() => null);
  if ((answer.ok || path === '/health') && data !== null) return data;
  throw new Problem(
    answer.status,
    data?.title || `The broker answered ${answer.status}`,
    data?.detail || `${method} ${path} was answered with ${answer.status} ${answer.statusText}.`,
    Array.isArray(data?.errors) ? data.errors : [],
  );
}

export function query(words) {
  const found = new URLSearchParams(Object.entries(words).filter(([, value]) => value !== null && value !== undefined && value !== ''));
  return found.size ? `?${found}` : '';
}

export const get = (path, words = {}) => call('GET', path + query(words));
export const post = (path, body) => call('POST', path, body);
export const patch = (path, body) => call('PATCH', path, body);
export const put = (path, body) => call('PUT', path, body);
export const remove = (path, body) => call('DELETE', path, body);
export const part = encodeURIComponent;
