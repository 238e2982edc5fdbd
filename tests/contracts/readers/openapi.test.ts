import { expect, test } from 'vitest';
import { contractsPresent } from './contract';
import { openApi, openApiDocument } from './openapi';
import { exchangeOf, expectReader } from './testing';

const POST = {
  type: 'object',
  required: ['text'],
  properties: {
    id: { type: 'string', readOnly: true },
    text: { type: 'string' },
    audience: { type: 'string', enum: ['all', 'friends'] },
    likes: { type: 'integer' },
  },
};
const responses = (content: object) => ({ '200': { description: 'Done', content } });
const json = (schema: object) => ({ 'application/json': { schema } });
const paged = { name: 'limit', in: 'query', schema: { type: 'integer', maximum: 50 } };

const three = (version: string) => ({
  openapi: version,
  info: { title: 'Ours', version: '1' },
  servers: [{ url: 'https://{host}/v1', variables: { host: { default: 'host.invalid' } } }],
  security: [{ bearer: [] }],
  paths: {
    '/posts': {
      parameters: [{ $ref: '#/components/parameters/limit' }],
      post: {
        operationId: 'createPost',
        requestBody: { $ref: '#/components/requestBodies/post' },
        responses: responses(json({ $ref: '#/components/schemas/post' })),
      },
    },
    '/posts/{id}': { delete: { operationId: 'deletePost', responses: { '204': { description: 'Done' } } } },
  },
  components: {
    parameters: { limit: paged },
    requestBodies: { post: { required: true, content: json({ $ref: '#/components/schemas/post' }) } },
    schemas: {
      post: { ...POST, required: ['id', 'text'] },
    },
    securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
  },
});
const two = {
  swagger: '2.0',
  info: { title: 'Ours', version: '1' },
  host: 'host.invalid',
  basePath: '/v1',
  consumes: ['application/json'],
  produces: ['application/json'],
  securityDefinitions: {
    key: { type: 'oauth2', flow: 'implicit', authorizationUrl: 'https://host.invalid' },
  },
  security: [{ key: [] }],
  parameters: { limit: { name: 'limit', in: 'query', type: 'integer', maximum: 50 } },
  paths: {
    '/posts': {
      parameters: [{ $ref: '#/parameters/limit' }],
      post: {
        operationId: 'createPost',
        parameters: [{ in: 'body', name: 'body', required: true, schema: { $ref: '#/definitions/post' } }],
        responses: { '200': { description: 'Done', schema: { $ref: '#/definitions/post' } } },
      },
    },
  },
  definitions: { post: { ...POST, required: ['id', 'text'] } },
};

const post = (json: object, answer: unknown = { id: '1', text: 'A' }, address = '/v1/posts?limit=5') =>
  exchangeOf('POST', address, { json, answer });

test.each([
  ['2.0', two],
  ['3.0', three('3.0.3')],
  ['3.1', three('3.1.0')],
])('OpenAPI %s: requests and answers are checked', async (_version, document) => {
  const right = post({ text: 'A', audience: 'all' });
  await expectReader({
    contract: openApiDocument(structuredClone(document)),
    right,
    wrongRequests: {
      'a missing field': [post({}), /text/],
      'an unknown field': [post({ text: 'A', colour: 'red' }), /colour/],
      'a wrong type': [post({ text: 5 }), /\/text must be string/],
      'a wrong choice': [post({ text: 'A', audience: 'nobody' }), /\/audience/],
      'a parameter beyond its limit': [post({ text: 'A' }, {}, '/v1/posts?limit=51'), /query limit/],
      'an unknown parameter': [post({ text: 'A' }, {}, '/v1/posts?page=2'), /query page/],
      'no credentials': [{ ...right, headers: { 'content-type': 'application/json' } }, /credentials/],
      'no body': [{ ...right, body: undefined }, /body is required/],
      'another type of body': [
        exchangeOf('POST', '/v1/posts', { form: { text: 'A' } }),
        /urlencoded is not declared/,
      ],
    },
    wrongAnswers: {
      'a missing field': [post({ text: 'A' }, { text: 'A' }), /'id'/],
      'a wrong type': [post({ text: 'A' }, { id: 1, text: 'A' }), /\/id must be string/],
      'no JSON': [post({ text: 'A' }, 'oops'), /not JSON/],
      'an unknown status': [{ ...right, status: 418 }, /418 is not declared/],
      'another type of content': [{ ...right, answerType: 'text/html' }, /text\/html/],
    },
    unknown: exchangeOf('GET', '/v1/elsewhere'),
  });
});

test('a nullable field may be null, and a form has the types of its fields', async () => {
  const contract = openApiDocument({
    openapi: '3.0.0',
    paths: {
      '/items/{+name}/parts': {
        put: {
          parameters: [
            { name: 'name', in: 'path', required: true, schema: { type: 'string', pattern: '^a/[^/]+$' } },
          ],
          requestBody: {
            content: {
              'application/x-www-form-urlencoded': {
                schema: {
                  type: 'object',
                  properties: {
                    count: { type: 'integer' },
                    tags: { type: 'array', items: { type: 'string' } },
                    place: { type: 'object', properties: { city: { type: 'string' } } },
                  },
                },
              },
            },
          },
          responses: {
            '2XX': {
              content: json({ type: 'object', properties: { at: { type: 'string', nullable: true } } }),
            },
          },
        },
      },
    },
  });
  const put = (form: Record<string, string>) =>
    exchangeOf('PUT', '/items/a/b/parts', { form, answer: { at: null } });
  const right = put({ count: '3', 'tags[0]': 'x', 'place[city]': 'Pune' });
  const known = contract.find(right);
  expect(await known?.request(right)).toEqual([]);
  expect(await known?.answer(right)).toEqual([]);
  const wrong = put({ count: 'many', 'place[street]': 'x' });
  expect((await known?.request(wrong))?.join('\n')).toMatch(/\/count[\s\S]*\/place\/street: is not declared/);
  expect(contract.find(exchangeOf('PUT', '/items/b/b/parts'))).toBeNull();
});

test.skipIf(!contractsPresent())('Slack’s document (2.0)', async () => {
  const send = (form: Record<string, string>, answer: unknown) =>
    exchangeOf('POST', '/api/chat.postMessage', { form, answer, headers: { token: 't' } });
  const message = { bot_id: 'B1', text: 'A', ts: '1.1', type: 'message', user: 'U1', team: 'T1' };
  const sent = { ok: true, channel: 'C123456789', ts: '1234567890.123456', message };
  const right = exchangeOf('GET', '/api/api.test?foo=a', { answer: { ok: true } });
  await expectReader({
    contract: await openApi('slack/slack_web_openapi_v2.json'),
    right,
    wrongRequests: {
      'a missing field': [send({ text: 'A' }, sent), /channel/],
      'an unknown field': [send({ channel: 'C1', colour: 'red' }, sent), /colour/],
      'a wrong type': [send({ channel: 'C1', mrkdwn: 'perhaps' }, sent), /mrkdwn must be boolean/],
    },
    wrongAnswers: { 'a wrong type': [{ ...right, answer: '{"ok":"yes"}' }, /\/ok/] },
    unknown: exchangeOf('POST', '/api/chat.paint'),
  });
});

test.skipIf(!contractsPresent())('Etsy’s document (3.0)', async () => {
  const price = { amount: 100, divisor: 100, currency_code: 'USD' };
  const draft = {
    quantity: '1',
    title: 'A',
    description: 'B',
    price: '1',
    who_made: 'i_did',
    when_made: 'made_to_order',
    taxonomy_id: '1',
  };
  const create = (form: Record<string, string>, answer: unknown = { listing_id: 12, price }, query = '') =>
    exchangeOf('POST', `/v3/application/shops/12/listings${query}`, {
      form,
      answer,
      status: 201,
      headers: { 'x-api-key': 'k' },
    });
  const { title: _, ...untitled } = draft;
  await expectReader({
    contract: await openApi('etsy/3.0.0.json'),
    right: create(draft),
    wrongRequests: {
      'a missing field': [create(untitled), /title/],
      'an unknown field': [create({ ...draft, colour: 'red' }), /colour/],
      'a wrong type': [create({ ...draft, quantity: 'many' }), /\/quantity/],
      'a wrong choice': [create({ ...draft, who_made: 'nobody' }), /\/who_made/],
      'an unknown parameter': [create(draft, {}, '?nothing=1'), /query nothing/],
    },
    wrongAnswers: {
      'wrong types': [
        create(draft, { listing_id: 'twelve', price: { ...price, amount: 1.5 } }),
        /\/listing_id|\/price\/amount/,
      ],
      'an unknown status': [{ ...create(draft), status: 418 }, /418/],
    },
    unknown: exchangeOf('POST', '/v3/application/shops/12/elsewhere'),
  });
});

test.skipIf(!contractsPresent())('Mastodon’s document (3.1)', async () => {
  const register = (json: object, answer: unknown) => exchangeOf('POST', '/api/v1/apps', { json, answer });
  const app = { client_name: 'A', redirect_uris: ['https://a.test/back'] };
  const contract = await openApi('mastodon/schema.json');
  const answer = {
    id: '1',
    name: 'A',
    website: null,
    scopes: ['read'],
    redirect_uris: ['https://a.test/back'],
    redirect_uri: 'https://a.test/back',
    client_id: 'c',
    client_secret: 's',
    client_secret_expires_at: 0,
    vapid_key: 'v',
  };
  const vote = (choices: unknown) => exchangeOf('POST', '/api/v1/polls/5/votes', { json: { choices } });
  const status = (json: object) => exchangeOf('POST', '/api/v1/statuses', { json });
  await expectReader({
    contract,
    right: register(app, answer),
    wrongRequests: {
      'a missing field': [register({ redirect_uris: ['https://a.test'] }, answer), /client_name/],
      'an unknown field': [register({ ...app, colour: 'red' }, answer), /colour/],
      'a wrong type': [vote('first'), /\/choices/],
      'a wrong choice': [status({ status: 'A', visibility: 'nobody' }), /./],
    },
    wrongAnswers: { 'a wrong type': [register(app, { ...answer, client_id: 5 }), /\/client_id/] },
    unknown: exchangeOf('GET', '/api/v9/statuses'),
  });
});
