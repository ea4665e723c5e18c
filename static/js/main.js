// The page of the desk: everything on it is a picture of what the desk tells, and every deed is a REST request.
import { html, render } from './lib.js';
import { start } from './net/socket.js';
import { watch } from './state/notify.js';
import './state/session_news.js';
import { listenToAddress } from './state/route.js';
import { App } from './ui/app.js';
import { listen } from './ui/keys.js';

start(); // first: the desk answers while the page is drawn
const root = document.getElementById('app');
root.replaceChildren(); // "is starting" goes
render(html`<${App} />`, root);
listen();
listenToAddress();
watch();
