import fc from 'fast-check';
import { expect, test } from 'vitest';
import { verbatim } from '@/server/foundation/facts';
import type { OwnLimits } from '@/server/foundation/own-limits';
import { manifests } from '../manifests';
import type { Manifest } from './manifest';
import { mediaProblems } from './media';
import type { OptionField } from './options';
import { ownOptions, ownPost } from './own-limits';
import { readOwnLimits } from './read-own-limits';
import type { PostLimits } from './types';

const POST: PostLimits = {
  characters: 280,
  text: { rules: 'general', link: 'in_text' },
  media: {
    way: 'ahead',
    characters: 200,
    pictures: {
      most: 4,
      bytes: 5_000_000,
      longestSide: 4000,
      mimes: ['image/jpeg', 'image/png', 'image/gif'],
    },
    gif: { bytes: 5_000_000, width: 1000, height: 1000 },
    video: { bytes: 9_000_000, seconds: [0, 60], aspect: null },
    alt: { characters: 1000, kinds: ['picture'] },
  },
};
const OPTIONS: readonly OptionField[] = [
  { id: 'title', kind: 'text', label: verbatim('Title'), required: true, maxLength: 50 },
  {
    id: 'who',
    kind: 'choice',
    label: verbatim('Who'),
    default: 'all',
    choices: [
      { value: 'all', label: verbatim('All') },
      { value: 'few', label: verbatim('Few') },
    ],
  },
];
const read = (claimed: OwnLimits) => readOwnLimits(claimed, POST, OPTIONS);

test('an account that pays may have longer texts than the platform usually allows', () => {
  const own = read({ characters: 15_000, video: { bytes: 50_000_000 } });
  expect(own).toEqual({ characters: 15_000, video: { bytes: 50_000_000 } });
  const post = ownPost(POST, own);
  expect(post.characters).toBe(15_000);
  // A caption stays as short as it was.
  expect(post.media?.characters).toBe(200);
  expect(post.media?.video?.seconds).toEqual([0, 60]);
});

test('a caption is never longer than a text', () => {
  expect(ownPost(POST, read({ characters: 90 })).media?.characters).toBe(90);
});

test('an account that may post no GIFs and no videos is told so', () => {
  const media = ownPost(POST, read({ gif: null, video: null })).media;
  const file = {
    kind: 'video',
    mime: 'video/mp4',
    bytes: 1,
    width: 1,
    height: 1,
    durationMs: 1,
    alt: '',
  } as const;
  expect(mediaProblems('Pond', media, [file])).toHaveLength(1);
  expect(mediaProblems('Pond', POST.media, [file])).toHaveLength(0);
});

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '500', null, {}])('%j is no length', (value) => {
  const number = value as number;
  expect(
    read({ characters: number, pictures: { most: number, bytes: number }, descriptionCharacters: number }),
  ).toBeNull();
});

test('a trillion is more than anybody takes', () => {
  expect(read({ characters: 10 ** 12, pictures: { most: 10 ** 12, bytes: 10 ** 12 } })).toEqual({
    characters: 20_000,
    pictures: { most: 20, bytes: 100 * 1024 * 1024 },
  });
});

test('what is as the manifest says is not kept', () => {
  expect(
    read({ characters: 280, pictures: { most: 4 }, options: { who: { choices: ['all', 'few'] } } }),
  ).toBeNull();
});

test('types keep the order of preference, and without one that we can make they are not believed', () => {
  expect(read({ pictures: { mimes: ['image/png', 'image/heic', 'image/jpeg'] } })).toEqual({
    pictures: { mimes: ['image/jpeg', 'image/png'] },
  });
  expect(read({ pictures: { mimes: ['image/gif'] } })).toBeNull();
});

test('options are narrowed, and a default that is gone is replaced', () => {
  const own = read({
    options: { title: { maxLength: 9, offered: false }, who: { choices: ['few', 'none'] }, x: {} },
  });
  expect(own).toEqual({ options: { title: { maxLength: 9 }, who: { choices: ['few'] } } });
  expect(ownOptions(OPTIONS, own)).toMatchObject([
    { maxLength: 9 },
    { default: 'few', choices: [{ value: 'few' }] },
  ]);
});

const nonsense = fc.anything({ maxDepth: 3 });
const claim = fc.record(
  {
    characters: nonsense,
    linkCharacters: nonsense,
    pictures: fc.record({ most: nonsense, bytes: nonsense, longestSide: nonsense }, { requiredKeys: [] }),
    gif: fc.oneof(fc.constant(null), fc.record({ bytes: nonsense })),
    video: fc.oneof(fc.constant(null), fc.record({ bytes: nonsense })),
    descriptionCharacters: nonsense,
  },
  { requiredKeys: [] },
);
const all = (Object.values(manifests) as readonly Manifest[]).filter((m) => m.post);
test.each(all.map((m) => [m.name, m] as const))(
  'whatever a server of %s reports, limits stay usable',
  (_, m) => {
    fc.assert(
      fc.property(claim, (claimed) => {
        const own = readOwnLimits(claimed as OwnLimits, m.post, m.options ?? []);
        const post = ownPost(m.post, own);
        expect(post?.characters).toBeGreaterThanOrEqual(1);
        expect(post?.characters).toBeLessThanOrEqual(Math.max(20_000, m.post?.characters ?? 0));
        if (!post?.media) return;
        expect(post.media.pictures.bytes).toBeGreaterThanOrEqual(1024);
        expect(post.media.pictures.mimes.length).toBeGreaterThan(0);
        expect(JSON.parse(JSON.stringify(own))).toEqual(own);
      }),
    );
  },
);
