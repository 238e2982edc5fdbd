import fc from 'fast-check';
import { createTranslator } from 'use-intl/core';
import { expect, test } from 'vitest';
import type { MediaDraft } from '@/components/media/types';
import type { PostDetail } from '@/components/trpc/outputs';
import { messagesOf } from '@/i18n/messages';
import {
  toContent as contentIn,
  type Draft,
  EMPTY,
  replaceTexts,
  sameVariant,
  titleOf as titleIn,
  toTargets,
  updateVariant,
  type VariantDraft,
} from './draft';
import { draftOf } from './draft-of';

const t = createTranslator({ locale: 'en', messages: messagesOf('en'), namespace: 'compose' });
const titleOf = (of: Draft) => titleIn(of, Object.keys(of.variants), t);
const contentOf = (of: Draft, platforms: readonly string[]) => contentIn(of, platforms, t);

const picture = (fileId: string, more: Partial<MediaDraft> = {}): MediaDraft => ({
  fileId,
  alt: '',
  kind: 'picture',
  mime: 'image/png',
  bytes: 1,
  width: 1,
  height: 1,
  durationMs: null,
  ...more,
});
const draft = (x: Partial<VariantDraft>, more: Partial<Draft> = {}): Draft => ({
  ...EMPTY,
  ...more,
  variants: { facebook: { text: '', link: '' }, x: { text: '', link: '', ...x } },
});

test('a post without a title is named after its text, else after its pictures', () => {
  const media = [
    picture('a', { name: 'IMG_2041.jpg' }),
    picture('b', { alt: 'A heron at dawn\nby the lake' }),
  ];
  expect(titleOf(draft({ text: 'Words\nmore', media }))).toBe('Words');
  expect(titleOf(draft({ media }))).toBe('A heron at dawn');
  expect(titleOf(draft({ media: media.slice(0, 1) }))).toBe('IMG_2041.jpg');
  expect(titleOf(draft({ media: [picture('a')] }))).toBe('Picture');
  expect(titleOf(draft({ media: [picture('a', { kind: 'video' })] }))).toBe('Video');
  expect(titleOf(draft({ media: [picture('a', { kind: 'gif' })] }))).toBe('GIF');
  expect(titleOf(draft({ media: [picture('a'), picture('b')] }))).toBe('Pictures');
  expect(titleOf(draft({}))).toBe('Untitled post');
  expect(titleOf(draft({ media }, { title: 'Spring' }))).toBe('Spring');
});

test('a title that is made from a long text ends between two characters', () => {
  const family = '👩‍👩‍👧‍👦';
  expect(titleOf(draft({ text: `${'a'.repeat(66)}${family}b` }))).toBe(`${'a'.repeat(66)}…`);
  expect(titleOf(draft({ text: `${'a'.repeat(69)}e\u0301b` }))).toBe(`${'a'.repeat(69)}…`);
  expect(titleOf(draft({ text: family.repeat(9) }))).toBe(`${family.repeat(6)}…`);
});

test('undoing a generation undoes nothing else', () => {
  const now = draft({
    text: 'New',
    link: 'https://example.com',
    media: [picture('a')],
    parts: [{ text: 'p' }],
  });
  const back = replaceTexts(now.variants, { x: 'Old' });
  expect(back.x).toEqual({ ...now.variants.x, text: 'Old' });
  expect(back.facebook).toBe(now.variants.facebook);
  expect(replaceTexts({}, { x: 'First' })).toEqual({ x: { text: 'First', link: '' } });
});

test('a change of a text applies to its current state', () => {
  const with1 = updateVariant({}, 'x', ({ media = [] }) => ({ media: [...media, picture('a')] }));
  const with2 = updateVariant(with1, 'x', () => ({ text: 'Words' }));
  expect(with2).toEqual({ x: { text: 'Words', link: '', media: [picture('a')] } });
});

test('two versions are equal only with the same pictures, descriptions, links and parts', () => {
  const one: VariantDraft = { text: 'Words', link: '', media: [picture('a'), picture('b')] };
  expect(sameVariant(one, { ...one, link: ' ', parts: [{ text: '' }] })).toBe(true);
  expect(sameVariant(undefined, { text: '', link: '' })).toBe(true);
  for (const other of [
    { media: [picture('b'), picture('a')] },
    { media: [picture('a')] },
    { media: [picture('a', { alt: 'A heron' }), picture('b')] },
    { link: 'https://example.com' },
    { parts: [{ text: 'More' }] },
  ])
    expect(sameVariant(one, { ...one, ...other })).toBe(false);
});

const ACCOUNTS = ['facebook', 'linkedin', 'x'].map((platform) => ({ id: `c-${platform}`, platform }));
/** The post as the server stores and returns it: in the order of the platforms, without file names. */
function kept(content: ReturnType<typeof contentOf>, state: string | null = null): PostDetail {
  const variants = content.variants
    .map((v) => ({ ...v, media: v.media.map(({ fileId, alt }) => picture(fileId, { alt })) }))
    .sort((a, b) => (a.platform < b.platform ? -1 : 1));
  return {
    post: { id: 'post', version: 1, ...content },
    variants,
    publications: state ? [{ connectionId: 'c-x', state }] : [],
  } as unknown as PostDetail;
}

test('a generated title follows the texts of every edit, whichever text was written first', () => {
  const words = fc.constantFrom('', 'Herons at dawn', 'Herons at dusk', 'Ten herons');
  const names = fc.constantFrom('', 'IMG_1.jpg', 'IMG_2.jpg');
  const one = fc.record({ text: words, file: names });
  const order = fc.shuffledSubarray(['facebook', 'linkedin', 'x'], { minLength: 1 });
  fc.assert(
    fc.property(order, order, fc.tuple(one, one, one), (written, chosen, texts) => {
      const variants = Object.fromEntries(
        written.map((platform, i) => {
          const { text, file } = texts[i] ?? { text: '', file: '' };
          return [platform, { text, link: '', media: file ? [picture(file, { name: file })] : [] }];
        }),
      );
      const saved = contentOf({ ...EMPTY, variants }, chosen);
      const edited = draftOf(kept(saved), ACCOUNTS);
      if (!saved.title.startsWith('IMG')) expect(contentOf(edited, chosen).title).toBe(saved.title);
      const rewritten = Object.fromEntries(
        ACCOUNTS.map((a) => [a.platform, { text: 'Quite new', link: '' }]),
      );
      expect(contentOf({ ...edited, variants: rewritten }, chosen)).toMatchObject({
        title: 'Quite new',
        titleGiven: false,
      });
    }),
  );
});

test('a post is not named after a text that it is not sent with', () => {
  const variants = { x: { text: 'Only for X', link: '' }, facebook: { text: 'For Facebook', link: '' } };
  expect(contentOf({ ...EMPTY, variants }, ['facebook']).title).toBe('For Facebook');
});

test('a title given by the user stays, even if it equals the first words, and so does the title of a published post', () => {
  const variants = { x: { text: 'Herons', link: '' } };
  const named = draftOf(kept(contentOf({ ...EMPTY, title: 'Herons', variants }, ['x'])), ACCOUNTS);
  expect(named.title).toBe('Herons');
  expect(draftOf(kept(contentOf({ ...EMPTY, variants }, ['x'])), ACCOUNTS).title).toBe('');
  expect(draftOf(kept(contentOf({ ...EMPTY, variants }, ['x']), 'published'), ACCOUNTS).title).toBe('Herons');
});

test('an account gets the options chosen here, otherwise those of its publications, otherwise none', () => {
  const draft = {
    ...EMPTY,
    options: { 'c-x': { title: 'Chosen' } },
    keptOptions: { 'c-x': { title: 'Kept' }, 'c-f': { title: 'Kept' } },
  };
  expect(toTargets(draft, ['c-x', 'c-f', 'c-l'])).toEqual([
    { connectionId: 'c-x', options: { title: 'Chosen' } },
    { connectionId: 'c-f', options: { title: 'Kept' } },
    { connectionId: 'c-l', options: {} },
  ]);
});
