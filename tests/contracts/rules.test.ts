import { describe, expect, test } from 'vitest';
import { contracts } from '@/server/connectors/generated/contracts';
import { PLATFORM_IDS } from '@/server/connectors/generated/ids';
import { connectorOf } from '@/server/connectors/registry';
import { judge } from './judge';
import { operationsIn, operationsOf } from './operations';
import type { Contract } from './readers/contract';
import { exchangeOf } from './readers/testing';
import { brokenRules, type Declaring, declaredBy, exercisedBy } from './rules';

const auth = { kind: 'oauth2', refresh: 'rotating', ending: 'token' } as Declaring['auth'];
const manifest: Declaring = {
  capabilities: ['publish', 'upload'],
  auth,
  post: {
    characters: 100,
    text: { rules: 'general', link: 'field' },
    repost: true,
    thread: { parts: 5 },
    media: {
      way: 'ahead',
      pictures: { most: 1, bytes: 1, mimes: [] },
      gif: null,
      video: { bytes: 1, seconds: [1, 2], aspect: null },
      alt: { characters: 1, kinds: [] },
    },
  },
  options: [{ id: 'board' }, { id: 'audience', choices: [{ value: 'all' }, { value: 'friends' }] }],
};
const declared = declaredBy(manifest, ['createPost', 'sendFile']);
const input = { text: '', idempotencyKey: '' };
const exercised = [
  ...exercisedBy('publish', {
    ...input,
    media: [
      { remoteId: '1', kind: 'picture' },
      { remoteId: '2', kind: 'video' },
    ],
    options: { board: 'b', audience: 'all' },
  }),
  ...exercisedBy('publish', { ...input, replyTo: '1', options: { audience: 'friends' } }),
  ...exercisedBy('publish', { ...input, repostOf: '1' }),
  ...exercisedBy('upload', {}),
  'sign-in authorization_code',
  'sign-in refresh_token',
  'sign-in revoke',
  'operation createPost',
  'operation sendFile',
];
const none = { known: new Set<string>(), unknown: new Set<string>() };

test('what is declared and exercised breaks no rule', () => {
  expect(brokenRules(declared, new Set(exercised), none)).toEqual([]);
});

test.each([
  'capability upload',
  'sign-in refresh_token',
  'sign-in revoke',
  'option board',
  'option audience = friends',
  'medium picture',
  'medium video',
  'follow-up',
  'repost',
  'operation sendFile',
])('“%s” that no scenario exercises breaks a rule', (missing) => {
  const rest = new Set(exercised.filter((one) => one !== missing));
  expect(brokenRules(declared, rest, none)).toEqual([`${missing}: no scenario exercises it`]);
});

test('a sign-in by other means than OAuth is exercised by a connection', () => {
  const by = declaredBy({ ...manifest, auth: { kind: 'fields' } as never }, []);
  expect(by).toContain('sign-in fields');
  expect(by).not.toContain('sign-in authorization_code');
});

describe('operations without a contract', () => {
  const document: Contract = {
    find: ({ path }) =>
      path === '/posts'
        ? { id: 'makePost', request: () => [], answer: ({ answer }) => (answer === '' ? [] : ['odd']) }
        : null,
  };
  const run = (withoutContract: Record<string, string>, answer = '') =>
    judge(
      'test',
      { load: () => [document], withoutContract },
      [
        { ...exchangeOf('POST', '/posts', { answer }), operation: 'createPost' },
        { ...exchangeOf('PUT', '/files/1'), operation: 'sendFile' },
        { ...exchangeOf('PUT', '/elsewhere'), platform: 'another', operation: 'other' },
      ],
      ['operation createPost', 'operation sendFile'],
      new Set(['operation createPost', 'operation sendFile']),
    );

  test('are reported by name, and break no rule if a reason is given', async () => {
    expect(await run({ sendFile: 'The address is part of an answer.' })).toEqual({
      name: 'test',
      operations: 2,
      validated: 1,
      unchecked: 1,
      withoutContract: ['sendFile'],
      violations: [],
      rules: [],
    });
  });

  test('break a rule without a reason, and with an empty one', async () => {
    expect((await run({})).rules).toEqual([
      'operation sendFile: no document has it, and withoutContract gives no reason',
    ]);
    expect((await run({ sendFile: ' ' })).rules).toEqual([
      'operation sendFile: withoutContract gives an empty reason',
    ]);
  });

  test('break a rule if they are named although a document has them, or nothing requests them', async () => {
    const rules = async (name: string) => (await run({ sendFile: 'A reason', [name]: 'A reason' })).rules;
    expect(await rules('createPost')).toEqual([
      'operation createPost: withoutContract names it, but a document has it',
    ]);
    expect(await rules('oldPost')).toEqual([
      'operation oldPost: withoutContract names it, but no scenario exercises it',
    ]);
  });

  test('do not hide what is wrong with the others', async () => {
    const { violations } = await run({ sendFile: 'A reason' }, 'no');
    expect(violations).toEqual([{ operation: 'makePost', side: 'answer', message: 'odd' }]);
  });
});

describe('the operations of a connector', () => {
  const read = (text: string) => operationsIn(new Map([['index.ts', text]]));

  test('are read from its requests, from op(), and from functions that pass the name on', () => {
    expect(
      read(`
        const list = op('listPosts', 'GET', '/posts', 'read', schema);
        const make = op.post('makePost', '/posts', schema);
        const query = (operation: string, schema: Schema) => op.get(operation, '/' + operation, schema);
        const blocks = query('getBlocks', schema);
        const one = (io: Io) => io.request({ operation: io.old ? 'getOld' : 'getNew', path: '/a' }, schema);
        async function read(io: Io, operation: string) { return io.request({ operation, path: '/b' }, schema); }
        await read(io, 'getParts');
      `),
    ).toEqual(['getBlocks', 'getNew', 'getOld', 'getParts', 'listPosts', 'makePost']);
  });

  test('must have names that can be read', () => {
    expect(() => read('io.request({ operation: `get` + kind }, schema)')).toThrow(/computed/);
    expect(() => read('op.get(`get` + kind, path, schema)')).toThrow(/computed/);
    expect(() => read('const read = (operation: string) => {}; read(kind.name)')).toThrow(/computed/);
  });

  test('are found in every connector', async () => {
    for (const id of PLATFORM_IDS)
      if (await connectorOf(id)) expect(operationsOf(`server/connectors/${id}`), id).not.toEqual([]);
  });
});

test('every platform with a connector has a contract with a scenario for each capability', async () => {
  for (const id of PLATFORM_IDS) {
    const connector = await connectorOf(id);
    if (!connector) continue;
    const scenarios = Object.keys(contracts[id]?.scenarios ?? {});
    expect(scenarios, id).toEqual(expect.arrayContaining([...connector.manifest.capabilities]));
  }
});
