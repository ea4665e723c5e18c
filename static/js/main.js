// The page of the desk: everything on it is a picture of what the desk tells, and every deed is a REST request.
import { html, render } from './lib.js';
import { start } from './net/socket.js';
import { App } from './ui/app.js';
import { listen } from './ui/keys.js';

render(html`<${App} />`, document.getElementById('app'));
listen();
start();
