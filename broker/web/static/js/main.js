// The broker's page: a picture of what the broker has committed; every deed is a REST request.
import { html, render } from '/shared/js/lib.js';
import { start } from './live.js';
import { App } from './app.js';

const root = document.getElementById('app');
root.replaceChildren();
render(html`<${App} />`, root);
start();
