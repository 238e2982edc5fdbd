import { expect, test } from 'vitest';
import type { MediaDraft } from '../media/types';
import { type Draft, EMPTY, sameVariant, titleOf, type VariantDraft, withTexts, withVariant } from './draft';

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

test('a post without a name is called by its words, else by its pictures', () => {
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

test('taking back what was generated takes nothing else back', () => {
  const now = draft({
    text: 'New',
    link: 'https://example.com',
    media: [picture('a')],
    parts: [{ text: 'p' }],
  });
  const back = withTexts(now.variants, { x: 'Old' });
  expect(back.x).toEqual({ ...now.variants.x, text: 'Old' });
  expect(back.facebook).toBe(now.variants.facebook);
  expect(withTexts({}, { x: 'First' })).toEqual({ x: { text: 'First', link: '' } });
});

test('a change of a text starts from what is there when it is made', () => {
  const with1 = withVariant({}, 'x', ({ media = [] }) => ({ media: [...media, picture('a')] }));
  const with2 = withVariant(with1, 'x', () => ({ text: 'Words' }));
  expect(with2).toEqual({ x: { text: 'Words', link: '', media: [picture('a')] } });
});

test('two sides are the same only with the same pictures, descriptions, links and parts', () => {
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
