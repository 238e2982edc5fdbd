import { test } from 'vitest';
import { contractsPresent } from './contract';
import { PostmanContract, postman } from './postman';
import { exchangeOf, expectReader } from './testing';

const headers = { 'linkedin-version': '202605', 'x-restli-protocol-version': '2.0.0' };

test('a collection of our own', async () => {
  const saved = (name: string, query: string[], raw: string) => ({
    name,
    request: {
      method: 'POST',
      header: [{ key: 'Version' }, { key: 'Content-Type' }],
      body: { mode: 'raw', raw },
      url: { path: ['items', ':id'], query: query.map((key) => ({ key, value: '<string>' })) },
    },
    response: [{ code: 200, body: '{"id":"1"}' }],
  });
  const contract = new PostmanContract(
    {
      item: [
        {
          name: 'items',
          item: [
            saved('Add', [], '{"title":"A","count":1,"more":"<boolean>"}'),
            saved('Send', ['action'], '<string>'),
          ],
        },
      ],
    },
    '/rest',
  );
  const add = (json: object, answer: unknown = { id: '2' }, query = '') =>
    exchangeOf('POST', `/rest/items/5${query}`, { json, answer, headers: { version: '1' } });
  const right = add({ title: 'B', more: true });
  await expectReader({
    contract,
    right,
    wrongRequests: {
      'a missing header': [
        { ...right, headers: { authorization: 'Bearer t' } },
        /header Version: is required/,
      ],
      'an unknown field': [add({ colour: 'red' }), /colour/],
      'a wrong type': [add({ count: 'many' }), /count/],
      'a wrong type for a placeholder': [add({ more: 'yes' }), /more/],
      'an unknown parameter': [add({}, {}, '?page=2'), /query page/],
    },
    wrongAnswers: {
      'an unknown status': [{ ...right, status: 201 }, /201/],
      'an unknown field': [add({}, { colour: 'red' }), /colour/],
    },
    unknown: exchangeOf('GET', '/rest/items/5'),
  });
});

test.skipIf(!contractsPresent())('LinkedIn’s collection', async () => {
  const begin = (query = '?action=initializeUpload', more: object = {}) => ({
    ...exchangeOf('POST', `/rest/images${query}`, { json: { initializeUploadRequest: {} }, headers }),
    ...more,
  });
  await expectReader({
    contract: postman('linkedin/content-apis.postman_collection.json', '/rest'),
    right: begin(),
    wrongRequests: {
      'a missing header': [
        begin(undefined, {
          headers: { authorization: 'Bearer t', ...headers, 'linkedin-version': undefined },
        }),
        /LinkedIn-Version/,
      ],
      'an unknown parameter': [begin('?action=initializeUpload&colour=red'), /colour/],
    },
    wrongAnswers: { 'an unknown status': [begin(undefined, { status: 201 }), /201/] },
    unknown: exchangeOf('POST', '/rest/paintings', { headers }),
  });
});
