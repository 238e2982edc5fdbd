import type { LexiconDoc } from '@atproto/lexicon';
import { test } from 'vitest';
import { contractsPresent } from './contract';
import { LexiconContract, lexicons } from './lexicon';
import { exchangeOf, expectReader } from './testing';

const note: LexiconDoc = {
  lexicon: 1,
  id: 'our.app.note',
  defs: {
    main: {
      type: 'record',
      key: 'tid',
      record: {
        type: 'object',
        required: ['text'],
        properties: {
          text: { type: 'string', maxGraphemes: 5 },
          mood: { type: 'string', enum: ['good', 'bad'] },
        },
      },
    },
  },
};
const create: LexiconDoc = {
  lexicon: 1,
  id: 'our.app.create',
  defs: {
    main: {
      type: 'procedure',
      parameters: { type: 'params', properties: { limit: { type: 'integer', maximum: 5 } } },
      input: {
        encoding: 'application/json',
        schema: {
          type: 'object',
          required: ['collection', 'record'],
          properties: { collection: { type: 'string' }, record: { type: 'unknown' } },
        },
      },
      output: {
        encoding: 'application/json',
        schema: {
          type: 'object',
          required: ['uri'],
          properties: { uri: { type: 'string', format: 'at-uri' } },
        },
      },
      errors: [{ name: 'TooLate' }],
    },
  },
};

test('lexicons of our own', async () => {
  const uri = 'at://did:plc:abcdefghijklmnopqrstuvwx/our.app.note/3k';
  const add = (record: object, answer: unknown = { uri }, query = '', collection = 'our.app.note') =>
    exchangeOf('POST', `/xrpc/our.app.create${query}`, { json: { collection, record }, answer });
  const right = add({ $type: 'our.app.note', text: 'A', mood: 'good' });
  await expectReader({
    contract: new LexiconContract([note, create]),
    right,
    wrongRequests: {
      'a missing field': [add({}), /text/],
      'an unknown field': [add({ text: 'A', colour: 'red' }), /colour/],
      'a wrong type': [add({ text: 5 }), /text/],
      'a wrong choice': [add({ text: 'A', mood: 'odd' }), /mood/],
      'a text that is too long': [add({ text: 'ABCDEF' }), /text/],
      'an unknown parameter': [add({ text: 'A' }, { uri }, '?page=1'), /query page/],
      'a parameter beyond its limit': [add({ text: 'A' }, { uri }, '?limit=6'), /limit/],
      'another record': [add({ text: 'A' }, { uri }, '', 'our.app.poem'), /our\.app\.poem/],
      'another type of body': [
        exchangeOf('POST', '/xrpc/our.app.create', { form: { a: 'b' } }),
        /not declared/,
      ],
    },
    wrongAnswers: {
      'a missing field': [add({ text: 'A' }, {}), /uri/],
      'a wrong type': [add({ text: 'A' }, { uri: 'https://a.test' }), /uri/],
      'an unknown error': [{ ...right, status: 400, answer: '{"error":"Odd"}' }, /Odd/],
    },
    unknown: exchangeOf('GET', '/xrpc/our.app.create'),
  });
});

test.skipIf(!contractsPresent())('Bluesky’s lexicons', async () => {
  const repo = 'did:plc:abcdefghijklmnopqrstuvwx';
  const uri = `at://${repo}/app.bsky.feed.post/3kabcdefghijk`;
  const cid = 'bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq';
  const post = (record: object, answer: unknown = { uri, cid }) =>
    exchangeOf('POST', '/xrpc/com.atproto.repo.createRecord', {
      json: {
        repo,
        collection: 'app.bsky.feed.post',
        record: { createdAt: '2026-03-02T10:00:00.000Z', ...record },
      },
      answer,
    });
  const feed = (query: string) =>
    exchangeOf('GET', `/xrpc/app.bsky.feed.getAuthorFeed${query}`, { answer: { feed: [] } });
  const ref = { $link: cid };
  const image = { alt: 'A', image: { $type: 'blob', ref, mimeType: 'image/png', size: 5 } };
  await expectReader({
    contract: lexicons('bluesky/lexicons'),
    right: post({ text: 'A', langs: ['en'], embed: { $type: 'app.bsky.embed.images', images: [image] } }),
    wrongRequests: {
      'a missing field': [post({}), /text/],
      'an unknown field': [post({ text: 'A', colour: 'red' }), /colour/],
      'a wrong type': [post({ text: 'A', createdAt: 'now' }), /createdAt/],
      'an embed that is wrong inside': [
        post({ text: 'A', embed: { $type: 'app.bsky.embed.images', images: [{}] } }),
        /image|alt/,
      ],
      'a missing parameter': [feed(''), /actor/],
      'a wrong parameter': [feed('?actor=a.bsky.social&limit=many'), /limit/],
    },
    wrongAnswers: { 'a missing field': [post({ text: 'A' }, { uri }), /cid/] },
    unknown: exchangeOf('POST', '/xrpc/app.bsky.feed.paint'),
  });
});
