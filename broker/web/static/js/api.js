// The broker's REST routes.
import { server, withQuery } from '/shared/js/net/http.js';

export const { get, post, patch, put, remove } = server('broker', ['/health']);
export const query = (words) => withQuery('', words);
export const part = encodeURIComponent;
