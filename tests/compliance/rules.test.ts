import { describe, expect, test } from 'vitest';
import { mediaProblems } from '@/server/connectors/kit/media';
import type { MediaLimits } from '@/server/connectors/kit/types';
import { plain } from '../support/plain';
import { cases } from './cases';
import { credentialOf } from './credentials';
import type { Manifest } from './define';
import { type Complying, declarations, notExercised } from './rules';
import { edgesOf, newWord, wrongValues } from './samples';

const media: MediaLimits = {
  way: 'ahead',
  pictures: { most: 2, bytes: 1000, mimes: ['image/png'] },
  gif: { bytes: 2000, width: 100, height: 80, frames: 5 },
  video: { bytes: 3000, seconds: [1, 60], aspect: null, largest: [640, 480] },
  document: { bytes: 4000, mimes: ['application/pdf'] },
  alt: { characters: 30, kinds: ['picture'] },
};
const manifest = {
  capabilities: ['publish', 'lookup', 'upload', 'engagement', 'inbox'],
  auth: { kind: 'oauth2', client: 'basic', refresh: 'rotating', ending: 'token' } as Complying['auth'],
  publishKey: { seconds: 60 },
  post: {
    characters: 100,
    text: { rules: 'general', link: 'field' },
    repost: true,
    thread: { parts: 5 },
    media,
  },
  options: [
    {
      id: 'audience',
      kind: 'choice',
      label: plain('Audience'),
      choices: [
        { value: 'all', label: plain('All') },
        { value: 'friends', label: plain('Friends') },
      ],
    },
    { id: 'silent', kind: 'switch', label: plain('Silent') },
    { id: 'title', kind: 'text', label: plain('Title') },
  ],
} satisfies Complying;
const declared = declarations(manifest);

describe('what is declared and not exercised is named', () => {
  test('nothing is missing if everything was', () => {
    expect(notExercised(declared, new Set(declared))).toEqual([]);
  });

  test.each([
    'capability engagement',
    'capability inbox',
    'sign-in authorization_code',
    'sign-in refresh_token',
    'sign-in revoke',
    'refused sign-in',
    'option audience = friends',
    'option silent = true',
    'option silent = false',
    'option title',
    'link',
    'longest text',
    'text over the limit',
    'publish key',
    'medium picture',
    'medium gif',
    'medium video',
    'medium document',
    'limit: number of pictures',
    'limit: bytes of a gif',
    'limit: frames of a gif',
    'limit: longest video',
    'limit: bytes of a document',
    'limit: description of a picture',
    'follow-up',
    'repost',
  ])('%s', (missing) => {
    expect(declared).toContain(missing);
    const rest = new Set(declared.filter((one) => one !== missing));
    expect(notExercised(declared, rest)).toEqual([`${missing}: no case exercises it`]);
  });

  test('what is not declared is not asked for', () => {
    const bare = declarations({
      capabilities: ['list'],
      auth: { kind: 'none', by: 'manual' } as unknown as Complying['auth'],
    });
    expect(bare).toEqual(['capability list', 'sign-in none']);
  });
});

describe('the cases follow from what is declared', () => {
  const of = (more: Partial<Complying>) =>
    cases
      .filter((one) => one.applies({ ...manifest, ...more } as unknown as Manifest))
      .map(({ name }) => name);
  const all = of({});

  test.each<[string, Partial<Complying>]>([
    ['a gif is published and found', { post: { ...manifest.post, media: { ...media, gif: null } } }],
    ['a repost may be repeated', { post: { ...manifest.post, repost: undefined as never } }],
    ['each value of each option is accepted', { options: [] }],
    ['a repeated request with the same key has no second effect', { publishKey: undefined as never }],
    ['a post that was never sent is absent', { capabilities: ['publish'] }],
  ])('“%s”', (name, without) => {
    expect(all).toContain(name);
    expect(of(without)).not.toContain(name);
  });

  test('no two have the same name', () => {
    const names = cases.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});

test('the samples at a limit fit, and those over it do not', () => {
  const edges = Object.entries(edgesOf(media));
  expect(edges.length).toBeGreaterThan(8);
  for (const [name, { at, over }] of edges) {
    expect(mediaProblems('Pond', media, at), name).toEqual([]);
    expect(mediaProblems('Pond', media, over), name).toHaveLength(1);
  }
});

test('words are new each time', () => {
  const words = Array.from({ length: 2000 }, newWord);
  expect(new Set(words).size).toBe(2000);
});

test('wrong values keep their shape, and only secrets are wrong', () => {
  const field = (id: string, kind: 'text' | 'secret') => ({
    ...{ id, kind, label: plain('A'), help: plain('B') },
    maxLength: 60,
  });
  const fields = [field('channel', 'text'), field('key', 'secret')];
  expect(wrongValues(fields, { channel: 'frogs', key: '4711:AAz-9' })).toEqual({
    channel: 'frogs',
    key: '5822:BBa-0',
  });
});

test('a credential is found wherever it is sent', () => {
  const wire = (headers: Record<string, string>, url = 'http://api.test/me') => ({
    ...{ url, headers, method: 'GET', timeoutMs: 1 },
    onSent: () => {},
  });
  const api = { live: 'https://api.test', sandbox: '/pond/bot{token}' };
  expect(credentialOf(wire({ Authorization: 'Bearer abc' }), { api, credential: 'bearer' })).toBe('abc');
  expect(credentialOf(wire({ 'X-Key': 'abc' }), { api, credential: { header: 'x-key' } })).toBe('abc');
  expect(credentialOf(wire({}), { api, credential: 'bearer' })).toBeNull();
});
