import { expect, test } from 'vitest';
import type { AnyLocale } from '@/i18n/locales';
import { readerLocale } from '@/i18n/reader-locale';
import { english, translatorFor } from '@/i18n/words';
import type { LinkResult } from '../approvals/decide-by-link';
import { linkPage } from '../approvals/link-page';
import type { Approval } from '../approvals/schemas';
import { textsOf as texts } from './texts';

const linkWords = translatorFor('en', 'approvalLink');

const textsOf = (post: Parameters<typeof texts>[0]) => texts(post, english);

const bare = { text: 'Tea at five', link: null, media: [], parts: [] };
const of = (kind: 'picture' | 'gif' | 'video', alt = '') => ({ kind, alt });

test('lists texts, links and media in order, with the description of each medium', () => {
  expect(textsOf({ ...bare, link: 'https://tea.example', media: [of('picture', ' A red cup ')] })).toBe(
    'Tea at five\nhttps://tea.example\n[Picture: A red cup]',
  );
  expect(textsOf({ ...bare, media: [of('picture', 'One'), of('picture')] })).toBe(
    'Tea at five\n[Picture 1: One]\n[Picture 2, no description]',
  );
  expect(textsOf({ ...bare, text: '', media: [of('gif')] })).toBe('[GIF, no description]');
  expect(
    textsOf({
      ...bare,
      media: [of('video', 'Steam')],
      parts: [{ text: 'And cake', link: 'https://c.example' }],
    }),
  ).toBe('Tea at five\n[Video: Steam]\n\nAnd cake\nhttps://c.example');
});

const media = {
  ...of('picture', '<b>'),
  fileId: 'f',
  mime: 'image/png',
  bytes: 1,
  width: 1,
  height: 1,
  durationMs: null,
};
const approval = (shown: (typeof media)[]): Approval => ({
  id: 'apr_1',
  subjectType: 'post',
  subjectId: 'post_1',
  title: 'Tea',
  state: 'open',
  policy: 'keep',
  deadlineAt: new Date(0),
  decidedAt: null,
  decidedBy: null,
  decidedVia: null,
  note: null,
  replacedBy: null,
  fingerprint: 'as-it-is',
  createdAt: new Date(0),
  repeats: [],
  publications: [
    {
      ...bare,
      id: 'pub_1',
      platform: 'x',
      connectionName: '@mira',
      media: shown,
      options: [],
      dueAt: new Date(0),
      localTime: '2026-03-02T10:00',
      timeZone: 'UTC',
      state: 'awaiting_approval',
    },
  ],
});

test('renders the page of an approval link in the language of its reader', () => {
  const page = (locale: AnyLocale, answer: LinkResult) =>
    linkPage(answer, {
      appUrl: 'https://app.example',
      preferred: 'reject',
      words: translatorFor(locale, 'approvalLink'),
    });
  const { status, html } = page('en-XA', { kind: 'open', approval: approval([media]) });
  expect(status).toBe(200);
  expect(html).toContain('<html lang="en-XA" dir="ltr">');
  let said = html.replace(/<style>.*?<\/style>/s, '').replace(/<[^>]+>/g, ' ');
  for (const data of ['Tea at five', 'Tea', '@mira', 'UTC', '&#60;b&#62;']) said = said.replaceAll(data, '');
  for (let before = ''; before !== said; ) {
    before = said;
    said = said.replace(/⟦[^⟦⟧]*⟧/g, '');
  }
  expect(said.match(/\p{L}+/gu)).toBeNull();
  for (const kind of ['forged', 'expired', 'gone', 'not_allowed'] as const)
    expect(page('en-XA', { kind }).html).toMatch(/<h1>⟦[^⟧]+⟧<\/h1><p>⟦[^⟧]+⟧<\/p>/);
  const asked = readerLocale(new Headers({ 'accept-language': 'de, en;q=0.5' }));
  expect(page(asked, { kind: 'gone' }).html).toContain('This approval no longer exists');
});

test('a right-to-left title or text does not reorder the page of an approval link', () => {
  const title = 'תכנון (3)';
  const page = (answer: LinkResult) =>
    linkPage(answer, {
      appUrl: 'https://app.example',
      preferred: 'approve',
      words: translatorFor('en', 'approvalLink'),
    }).html;
  const asked = { ...approval([]), title };
  const [publication] = asked.publications;
  if (!publication) throw new Error('The approval has no publication');
  const html = page({
    kind: 'open',
    approval: {
      ...asked,
      publications: [{ ...publication, text: `${title}!\nEnglish (2)`, connectionName: title }],
    },
  });
  const isolated = `\u2068${title}\u2069`;
  expect(html).toContain(`<p dir="auto">${title}!\nEnglish (2)`);
  expect(html).toContain('unicode-bidi:plaintext');
  const rest = html.replace(/<p dir="auto">[^<]*<\/p>/g, '');
  expect(rest.split(isolated).length).toBeGreaterThan(3);
  expect(rest.replaceAll(isolated, '')).not.toContain(title);
});

test('the page of an approval link points to the pictures in the app before the decision', () => {
  const page = (shown: (typeof media)[]) =>
    linkPage(
      { kind: 'open', approval: approval(shown) },
      { appUrl: 'https://app.example', preferred: 'approve', words: linkWords },
    ).html;
  expect(page([media])).toContain('<a href="https://app.example/todo#apr_1">See them in Tributary</a>');
  expect(page([media])).toContain('[Picture: &#60;b&#62;]');
  expect(page([])).not.toContain('See them');
});
