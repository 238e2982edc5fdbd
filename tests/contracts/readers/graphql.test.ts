import { test } from 'vitest';
import { contractsPresent } from './contract';
import { GraphqlContract, graphqlSchema } from './graphql';
import { exchangeOf, expectReader } from './testing';

const ask = (query: string, variables: object, data: unknown, path = '/api/graphql') =>
  exchangeOf('POST', path, { json: { query, variables }, answer: { data } });

test('a schema of our own', async () => {
  const contract = new GraphqlContract(
    `type Query { thing(id: ID!): Thing }
     type Mutation { add(input: AddInput!): AddResult }
     input AddInput { title: String!, state: State, count: Int }
     enum State { LIVE DRAFT }
     interface Node { id: ID! }
     type Thing implements Node { id: ID!, title: String!, state: State, tags: [String!]! }
     type AddResult { node: Node, problems: [String!]! }`,
    /^\/api\/graphql$/,
  );
  const query =
    'mutation add($input: AddInput!) { add(input: $input) { node { ... on Thing { id name: title state tags } } problems } }';
  const thing = { id: 'a', name: 'A', state: 'LIVE', tags: ['x'] };
  const add = (input: object, node: object = thing, more: object = {}) =>
    ask(query, { input }, { add: { node, problems: [], ...more } });
  const right = add({ title: 'A', state: 'DRAFT', count: 1 });
  await expectReader({
    contract,
    right,
    wrongRequests: {
      'a missing field': [add({}), /title/],
      'an unknown field': [add({ title: 'A', colour: 'red' }), /colour/],
      'a wrong type': [add({ title: 'A', count: 'many' }), /count|Int/],
      'a wrong choice': [add({ title: 'A', state: 'GONE' }), /GONE/],
      'an undeclared variable': [ask(query, { input: { title: 'A' }, id: 1 }, {}), /variables id/],
      'a field that the type lacks': [ask('{ thing(id: "a") { colour } }', {}, { thing: null }), /colour/],
    },
    wrongAnswers: {
      'a missing field': [add({ title: 'A' }, { id: 'a', name: 'A', tags: [] }), /state/],
      'null where there must be a value': [add({ title: 'A' }, { ...thing, name: null }), /name|title/],
      'an unknown field': [add({ title: 'A' }, thing, { colour: 'red' }), /colour: was not requested/],
      'a wrong type': [add({ title: 'A' }, { ...thing, name: 5 }), /name/],
      'a wrong choice': [add({ title: 'A' }, { ...thing, state: 'GONE' }), /GONE/],
      'neither data nor errors': [{ ...right, answer: '{}' }, /neither/],
    },
    unknown: ask('{ painting { id } }', {}, {}),
  });
});

test.skipIf(!contractsPresent())('Shopify’s schema', async () => {
  const path = '/admin/api/2026-07/graphql.json';
  const query =
    'mutation productCreate($product: ProductCreateInput) { productCreate(product: $product) { product { id title status } userErrors { field message } } }';
  const made = { id: 'gid://shopify/Product/1', title: 'A', status: 'DRAFT' };
  const add = (product: object, answer: object = made, asked = query) =>
    ask(asked, { product }, { productCreate: { product: answer, userErrors: [] } }, path);
  const get = ask('query product($id: ID!) { product(id: $id) { title } }', {}, { product: null }, path);
  await expectReader({
    contract: graphqlSchema('shopify/admin_2026-07.graphql', /^\/admin\/api\/[\w-]+\/graphql\.json$/),
    right: add({ title: 'A', status: 'DRAFT' }),
    wrongRequests: {
      'a missing variable': [get, /\$id/],
      'an unknown field': [add({ title: 'A', colour: 'red' }), /colour/],
      'a wrong type': [add({ title: 5 }), /title|String/],
      'a wrong choice': [add({ title: 'A', status: 'GONE' }), /GONE/],
    },
    wrongAnswers: {
      'a missing field': [add({ title: 'A' }, { id: made.id, title: 'A' }), /status/],
      'a wrong choice': [add({ title: 'A' }, { ...made, status: 'GONE' }), /GONE/],
    },
    unknown: ask('{ painting { id } }', {}, {}, path),
  });
});
