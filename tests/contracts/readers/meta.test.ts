import { expect, test } from 'vitest';
import { facebookContract } from '@/server/connectors/facebook/contract';
import { contractsPresent } from './contract';
import { MetaContract, type MetaNode, metaSpecs } from './meta';
import { exchangeOf, expectReader } from './testing';

const nodes: Record<string, MetaNode> = {
  Shelf: {
    apis: [
      {
        method: 'POST',
        endpoint: '/books',
        return: 'Book',
        params: [
          { name: 'title', type: 'string', required: true },
          { name: 'state', type: 'shelfbooks_state_enum_param' },
          { name: 'pages', type: 'unsigned int' },
        ],
      },
      { method: 'GET', endpoint: '/books', return: 'Book', params: [] },
      { method: 'DELETE', endpoint: '/books', return: 'Object', params: [] },
    ],
    fields: [{ name: 'id', type: 'string' }],
  },
  Book: {
    apis: [{ method: 'GET', endpoint: '/pages', return: 'Object', params: [] }],
    fields: [
      { name: 'id', type: 'string' },
      { name: 'created_time', type: 'datetime' },
    ],
  },
};

test('specs of our own', async () => {
  const contract = new MetaContract(
    ['Shelf', 'Book'],
    (name) => nodes[name] ?? null,
    new Map([['shelfbooks_state_enum_param', ['NEW', 'OLD']]]),
    {},
  );
  const add = (json: object, answer: unknown = { id: '5' }) =>
    exchangeOf('POST', '/v23.0/1/books', { json, answer });
  const list = (query: string, answer: unknown) => exchangeOf('GET', `/v23.0/1/books${query}`, { answer });
  const several = (query: string, answer: unknown) => exchangeOf('GET', `/v23.0/${query}`, { answer });
  const right = add({ title: 'A', state: 'NEW', pages: 5 });
  await expectReader({
    contract,
    right,
    wrongRequests: {
      'a missing field': [add({}), /title: is required/],
      'an unknown field': [add({ title: 'A', colour: 'red' }), /colour/],
      'a wrong type': [add({ title: 'A', pages: -1 }), /pages/],
      'a wrong choice': [add({ title: 'A', state: 'ODD' }), /state/],
      'an unknown parameter': [list('?sorted=1', { data: [] }), /sorted/],
      'an unknown field of the node': [
        list('?fields=id,pages.limit(0){a,b},colour', { data: [] }),
        /unknown field colour/,
      ],
      'no credentials': [{ ...right, headers: { 'content-type': 'application/json' } }, /credentials/],
      'too many ids': [several(`?ids=${Array.from({ length: 51 }, (_, i) => i).join(',')}`, {}), /50 ids/],
    },
    wrongAnswers: {
      'no id': [add({ title: 'A' }, {}), /no id/],
      'no data': [list('', {}), /no data/],
      'wrong fields': [
        list('', { data: [{ id: 5, created_time: 'now', colour: 'red' }] }),
        /id: is not of type string|created_time: is not of type datetime|colour: unknown field/,
      ],
      'no success': [exchangeOf('DELETE', '/v23.0/1/books', { answer: {} }), /no success/],
      'an error without a code': [{ ...right, status: 400, answer: '{"error":{"message":"no"}}' }, /code/],
      'a node that was not requested': [
        several('?ids=1,2&fields=id', { '3': { id: '3' } }),
        /3: was not requested/,
      ],
    },
    unknown: exchangeOf('POST', '/v23.0/1/paintings', { json: {} }),
  });
});

test.skipIf(!contractsPresent())('Meta’s specs', async () => {
  const contract = metaSpecs('meta/api_specs', ['IGUser', 'IGMedia', 'Page']);
  const make = (json: object, answer: unknown = { id: '5' }) =>
    exchangeOf('POST', '/v23.0/1/media', { json, answer });
  const publish = (json: object) =>
    exchangeOf('POST', '/v23.0/1/media_publish', { json, answer: { id: '5' } });
  const feed = (json: object) => exchangeOf('POST', '/v23.0/1/feed', { json, answer: { id: '5' } });
  await expectReader({
    contract,
    right: make({ image_url: 'https://a.test/a.jpg', caption: 'A', children: ['1'] }),
    wrongRequests: {
      'a missing field': [publish({}), /creation_id: is required/],
      'an unknown field': [make({ colour: 'red' }), /colour/],
      'a wrong type': [make({ caption: 5 }), /caption/],
      'a wrong choice': [feed({ message: 'A', formatting: 'BOLD' }), /formatting/],
    },
    wrongAnswers: { 'no id': [make({ caption: 'A' }, { id: 5 }), /no id/] },
    unknown: exchangeOf('POST', '/v23.0/1/paintings', { json: {} }),
  });
});

test.skipIf(!contractsPresent())('the phases of an upload to Facebook', async () => {
  const [, specs] = await facebookContract.load();
  const form = new FormData();
  form.set('upload_phase', 'transfer');
  form.set('start_offset', 'here');
  form.set('video_file_chunk', 'no file');
  form.set('colour', 'red');
  const encoded = new Response(form);
  const chunk = {
    ...exchangeOf('POST', '/v23.0/1/videos', {
      headers: { 'content-type': encoded.headers.get('content-type') ?? '' },
      answer: { start_offset: 5 },
    }),
    body: new Uint8Array(await encoded.arrayBuffer()),
  };
  const known = specs?.find(chunk);
  expect(await known?.request(chunk)).toEqual([
    'start_offset: is not of type unsigned int',
    'video_file_chunk: is not a file',
    'colour: is not declared',
    'upload_session_id: is required',
    'sent to the wrong host',
  ]);
  expect(await known?.answer(chunk)).toEqual([
    'response start_offset: is invalid',
    'response end_offset: is missing',
  ]);
  const error = { error: { message: 'Again', code: 6001, error_subcode: 1363037 } };
  const moved = { ...chunk, status: 400, answer: JSON.stringify(error) };
  expect(facebookContract.also?.(moved, [])).toEqual({
    request: [],
    answer: ['response has no offsets in error_data'],
  });
});
