// Copies the address of what is shown, to be sent to somebody or kept.
import { html } from '../lib.js';
import { address } from '../state/route.js';
import { Icon } from './bits.js';
import { copyAs } from './copy.js';

export const LinkButton = ({ path, what, testid }) => html`<button type="button" class="icon-button" title=${`Copy the link to ${what}`} aria-label=${`Copy the link to ${what}`} data-testid=${testid}
  onClick=${() => copyAs(address(path()), `Link to ${what}`)}><${Icon} name="chain" size=${13} /></button>`;
