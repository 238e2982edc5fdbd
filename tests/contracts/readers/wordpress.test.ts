import { test } from 'vitest';
import { contractsPresent } from './contract';
import { jsonSchemaDocuments, jsonSchemas } from './json-schema';
import { exchangeOf, expectReader } from './testing';
import { wordpressIndex, wordpressRoutes } from './wordpress';

test('JSON Schemas of our own', async () => {
  const contract = jsonSchemaDocuments(
    [
      {
        $id: 'things',
        definitions: {
          thing: {
            type: 'object',
            additionalProperties: false,
            properties: { name: { type: 'string' }, kind: { enum: ['a', 'b'] } },
          },
        },
      },
      {
        $id: 'things.add',
        type: 'object',
        required: ['things'],
        properties: {
          things: {
            type: 'array',
            items: { allOf: [{ $ref: 'things#/definitions/thing' }], required: ['name'] },
          },
        },
      },
    ],
    [
      {
        id: 'addThing',
        method: 'POST',
        path: '/things/',
        query: ['source'],
        request: 'things.add',
        answers: { '201': 'things#/definitions/thing' },
      },
    ],
  );
  const add = (thing: object, answer: unknown = { name: 'A' }, query = '?source=html') =>
    exchangeOf('POST', `/things/${query}`, { json: { things: [thing] }, answer, status: 201 });
  const right = add({ name: 'A', kind: 'a' });
  await expectReader({
    contract,
    right,
    wrongRequests: {
      'a missing field': [add({}), /name/],
      'an unknown field': [add({ name: 'A', colour: 'red' }), /colour/],
      'a wrong type': [add({ name: 5 }), /\/name/],
      'a wrong choice': [add({ name: 'A', kind: 'c' }), /\/kind/],
      'an unknown parameter': [add({ name: 'A' }, {}, '?format=html'), /query format/],
    },
    wrongAnswers: {
      'a wrong type': [add({ name: 'A' }, { name: 5 }), /\/name/],
      'an unknown status': [{ ...right, status: 400 }, /400/],
    },
    unknown: exchangeOf('POST', '/others/'),
  });
});

test.skipIf(!contractsPresent())('Ghost’s schemas', async () => {
  const contract = jsonSchemas(
    'ghost/admin-api-schema',
    [
      {
        id: 'addPost',
        method: 'POST',
        path: '/ghost/api/admin/posts/',
        query: ['source'],
        request: 'posts.add',
        answers: { '201': null },
      },
    ],
    ['media-upload.json'],
  );
  const add = (post: object, status = 201) =>
    exchangeOf('POST', '/ghost/api/admin/posts/?source=html', {
      json: { posts: [post] },
      answer: { posts: [{}] },
      status,
    });
  await expectReader({
    contract,
    right: add({ title: 'A', status: 'draft', visibility: 'public' }),
    wrongRequests: {
      'a missing field': [add({ status: 'draft' }), /title/],
      'an unknown field': [add({ title: 'A', colour: 'red' }), /colour/],
      'a wrong type': [add({ title: 5 }), /\/title/],
      'a wrong choice': [add({ title: 'A', status: 'hidden' }), /\/status/],
    },
    wrongAnswers: { 'an unknown status': [add({ title: 'A' }, 418), /418/] },
    unknown: exchangeOf('POST', '/ghost/api/admin/paintings/'),
  });
});

const ours = {
  namespace: 'ours/v1',
  routes: {
    '/ours/v1/posts': {
      endpoints: [
        { methods: ['GET'], args: { page: { type: 'integer' } } },
        {
          methods: ['POST'],
          args: {
            title: { type: 'string', required: true },
            status: { type: 'string', enum: ['draft', 'publish'] },
          },
        },
      ],
    },
    '/ours/v1/posts/(?P<id>[\\d]+)': {
      endpoints: [{ methods: ['DELETE'], args: { id: { type: 'integer' }, force: { type: 'boolean' } } }],
    },
  },
};

test('an index of routes of our own', async () => {
  const resource = {
    $id: 'ours/post',
    type: 'object',
    properties: { id: { type: 'integer' }, title: { type: 'string' } },
  };
  const contract = wordpressIndex(structuredClone(ours), { '/ours/v1/posts': resource });
  const add = (json: object, answer: unknown = { id: 1, title: 'A' }) =>
    exchangeOf('POST', '/wp-json/ours/v1/posts', { json, answer, status: 201 });
  const right = add({ title: 'A', status: 'draft' });
  await expectReader({
    contract,
    right,
    wrongRequests: {
      'a missing field': [add({}), /title/],
      'an unknown field': [add({ title: 'A', colour: 'red' }), /colour/],
      'a wrong type': [add({ title: 5 }), /\/title/],
      'a wrong choice': [add({ title: 'A', status: 'gone' }), /\/status/],
      'a wrong parameter': [exchangeOf('DELETE', '/wp-json/ours/v1/posts/5?force=perhaps'), /query force/],
    },
    wrongAnswers: {
      'a wrong type': [add({ title: 'A' }, { id: 'one' }), /\/id/],
      'a list without items of the kind': [
        exchangeOf('GET', '/wp-json/ours/v1/posts', { answer: { id: 1 } }),
        /array/,
      ],
      'an error of another form': [{ ...right, status: 400, answer: '{"error":"no"}' }, /code|message|data/],
    },
    unknown: exchangeOf('DELETE', '/wp-json/ours/v1/posts/five'),
  });
});

test.skipIf(!contractsPresent())('WooCommerce’s index of routes', async () => {
  const contract = wordpressRoutes('woocommerce/wc-v3-index.json', {
    '/wc/v3/products': 'woocommerce/schemas/products.schema.json',
  });
  const add = (json: object, answer: unknown = { id: 1, name: 'A', price: '1.00' }) =>
    exchangeOf('POST', '/wp-json/wc/v3/products', { json, answer, status: 201 });
  const tag = (json: object) => exchangeOf('POST', '/wp-json/wc/v3/products/tags', { json });
  await expectReader({
    contract,
    right: add({ name: 'A', type: 'simple', regular_price: '1.00' }),
    wrongRequests: {
      'a missing field': [tag({ slug: 'a' }), /name/],
      'an unknown field': [add({ name: 'A', colour: 'red' }), /colour/],
      'a wrong type': [add({ name: 5 }), /\/name/],
      'a wrong choice': [add({ name: 'A', type: 'strange' }), /\/type/],
    },
    wrongAnswers: { 'a wrong type': [add({ name: 'A' }, { id: 'one' }), /\/id/] },
    unknown: exchangeOf('GET', '/wp-json/wc/v3/paintings'),
  });
});
