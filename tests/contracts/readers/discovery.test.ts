import { test } from 'vitest';
import { contractsPresent } from './contract';
import { discovery, discoveryDocument } from './discovery';
import { exchangeOf, expectReader } from './testing';

const ours = () => ({
  title: 'Ours',
  version: 'v1',
  servicePath: '',
  parameters: { alt: { type: 'string', location: 'query', enum: ['json', 'media'] } },
  schemas: {
    Post: {
      id: 'Post',
      type: 'object',
      properties: {
        name: { type: 'string' },
        title: { type: 'string', annotations: { required: ['ours.posts.create'] } },
        views: { type: 'string', format: 'uint64' },
        state: { type: 'string', enum: ['LIVE', 'DRAFT'] },
        place: { $ref: 'Place' },
      },
    },
    Place: { id: 'Place', type: 'object', properties: { city: { type: 'string' } } },
  },
  resources: {
    accounts: {
      resources: {
        posts: {
          methods: {
            create: {
              id: 'ours.posts.create',
              httpMethod: 'POST',
              path: 'v1/{+parent}/posts',
              parameters: {
                parent: { type: 'string', location: 'path', required: true, pattern: '^accounts/[^/]+$' },
                part: { type: 'string', location: 'query', required: true, repeated: true },
              },
              request: { $ref: 'Post' },
              response: { $ref: 'Post' },
              scopes: ['https://host.invalid/posts'],
            },
          },
        },
      },
    },
  },
});

test('a discovery document of our own', async () => {
  const post = (
    json: object,
    answer: unknown = { name: 'a', views: '5' },
    path = '/v1/accounts/7/posts?part=a&part=b',
  ) => exchangeOf('POST', path, { json, answer });
  const right = post({ title: 'A', place: { city: 'Pune' } });
  await expectReader({
    contract: discoveryDocument(ours()),
    right,
    wrongRequests: {
      'a missing field': [post({}), /title/],
      'a missing parameter': [post({ title: 'A' }, {}, '/v1/accounts/7/posts'), /query part: is required/],
      'an unknown field, deep': [post({ title: 'A', place: { street: 'x' } }), /\/place\/street/],
      'a wrong type': [post({ title: 5 }), /\/title/],
      'a wrong choice': [post({ title: 'A', state: 'GONE' }), /\/state/],
      'a number where Google has a string': [post({ title: 'A', views: 5 }), /\/views/],
    },
    wrongAnswers: {
      'a wrong type': [post({ title: 'A' }, { name: 5 }), /\/name/],
      'an unknown field': [post({ title: 'A' }, { colour: 'red' }), /colour/],
      'an error of another form': [{ ...right, status: 400, answer: '{"message":"no"}' }, /error|message/],
    },
    unknown: exchangeOf('POST', '/v1/shops/7/posts'),
  });
});

test.skipIf(!contractsPresent())('YouTube’s document', async () => {
  const comment = (json: object, answer: unknown, query = '?part=snippet') =>
    exchangeOf('POST', `/youtube/v3/comments${query}`, { json, answer });
  const snippet = { parentId: 'c1', textOriginal: 'Thank you' };
  const answer = { kind: 'youtube#comment', id: 'c2', snippet: { ...snippet, likeCount: 0 } };
  const video = (status: object) =>
    exchangeOf('POST', '/resumable/upload/youtube/v3/videos?uploadType=resumable&part=status', {
      json: { status },
    });
  await expectReader({
    contract: discovery('google/youtube__v3.json'),
    right: comment({ snippet }, answer),
    wrongRequests: {
      'a missing parameter': [comment({ snippet }, answer, ''), /query part: is required/],
      'an unknown field': [comment({ snippet: { ...snippet, colour: 'red' } }, answer), /colour/],
      'a wrong type': [comment({ snippet: { ...snippet, textOriginal: 5 } }, answer), /textOriginal/],
      'a wrong choice': [video({ privacyStatus: 'secret' }), /privacyStatus/],
    },
    wrongAnswers: {
      'a wrong type': [comment({ snippet }, { ...answer, id: 2 }), /\/id/],
      'an unknown field': [comment({ snippet }, { ...answer, colour: 'red' }), /colour/],
    },
    unknown: exchangeOf('GET', '/youtube/v3/paintings'),
  });
});
