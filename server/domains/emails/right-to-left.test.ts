import { describe, expect, it } from 'vitest';
import { type Template, templates } from '@/emails';
import { renderEmail } from './render-email';

/** Begins and ends with what moves if it is not isolated: a number and brackets. */
const TITLE = 'שלום (12) مرحبا!';
const ISOLATED = `\u2068${TITLE}\u2069`;

/** Values that choose a message, or that are addresses: not texts of users. */
const FIXED = /^(decision|policy|change|code|fact|instant|zone|(\w+)?[uU]rl|browser|system)$/;

/** Replaces every text of a template's example by the title. */
function withTitle(value: unknown, name = ''): unknown {
  if (typeof value === 'string') return FIXED.test(name) ? value : TITLE;
  if (Array.isArray(value)) return value.map((one) => withTitle(one, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withTitle(inner, key)]));
}

describe.each(Object.keys(templates) as Template[])('%s', (template) => {
  it('isolates texts of users from the sentences around them', async () => {
    const { preview } = await templates[template]();
    const props = withTitle(preview) as typeof preview;
    const { subject, html, body } = await renderEmail(template, props, 'en');
    expect(html).toMatch(/<html[^>]* dir="ltr"/);
    expect(subject.replaceAll(ISOLATED, '')).not.toContain(TITLE);
    // In HTML, a text of a user stands alone in an element that takes its direction from it, or is isolated.
    const own = [...html.matchAll(/<(\w+)[^>]*\bdir="auto"[^>]*>([\s\S]*?)<\/\1>/g)].map(
      ([element]) => element,
    );
    const rest = own
      .reduce((text, element) => text.replace(element, ''), html)
      .replace(/<!--[\s\S]*?-->/g, '');
    expect(rest.replaceAll(ISOLATED, '')).not.toContain(TITLE);
    // In plain text, each line is a paragraph with its own direction.
    for (const line of body.split('\n').map((one) => one.trim()))
      if (line !== TITLE) expect(line.replaceAll(ISOLATED, '')).not.toContain(TITLE);
  });
});

it('the walk reaches titles, names and quoted texts', async () => {
  const { preview } = await templates['approval-requested']();
  const props = withTitle(preview) as typeof preview;
  const { html, subject } = await renderEmail('approval-requested', props, 'en');
  expect(subject).toBe(`Approval needed: ${ISOLATED}`);
  expect(html.split(TITLE).length).toBeGreaterThan(6);
});
