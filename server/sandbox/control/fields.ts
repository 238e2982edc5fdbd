import { html, type Markup } from '../pages';

/** Renders a choice of a form on the control page. `options` are the words of each value. */
export const select = (
  id: string,
  name: string,
  label: string,
  options: Iterable<readonly [value: string, words: string]>,
): Markup =>
  html`<div><label for="${id}">${label}</label><select id="${id}" name="${name}">${[...options].map(([value, words]) => html`<option value="${value}">${words}</option>`)}</select></div>`;
