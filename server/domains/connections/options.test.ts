import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connections } from '@/db/schema';
import type { OptionField } from '@/server/connectors/kit/options';
import { type Capabilities, ConnectorFault } from '@/server/connectors/kit/types';
import { verbatim } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';
import type { PlatformCall, Platforms } from '@/server/verbs/platforms';
import { eachTestPublishes, type Publisher } from '@/tests/support/publisher';
import { actingAs, createWorld } from '@/tests/support/world';
import { addConnection } from '../publisher/testing';
import { listChoices, listOptions } from './options';
import { scaleTimeLimits } from './with-time-limit';

const FIELDS: readonly OptionField[] = [
  {
    id: 'board',
    kind: 'remote_choice',
    label: verbatim('Board'),
    help: verbatim('Where it is pinned'),
    required: true,
  },
  { id: 'title', kind: 'text', label: verbatim('Title'), maxLength: 100 },
  { id: 'adult', kind: 'switch', label: verbatim('Adult') },
];

let here: Publisher;
let ctx: Ctx;
let account: string;
type Choices = Capabilities['choices'];
let answer: (input: Choices['input']) => Promise<Choices['output']>;
const asked: Choices['input'][] = [];
eachTestPublishes((publisher) => {
  here = publisher;
});
beforeEach(() => {
  here.platform.options = { x: FIELDS };
  asked.length = 0;
  const call = async (request: PlatformCall<'choices'>) => {
    asked.push(request.input);
    return answer(request.input);
  };
  const platforms: Platforms = {
    ids: here.platform.ids,
    traits: (platform) => here.platform.traits(platform),
    call: call as unknown as Platforms['call'],
  };
  ctx = { ...here.world.ctx, platforms };
  account = here.connectionId;
});
afterEach(() => scaleTimeLimits(1));
const ask = (over: Partial<Parameters<typeof listChoices>[1]> = {}, as = ctx) =>
  listChoices(as, { connectionId: account, field: 'board', ...over });

test('lists the fields of each account whose platform has options', async () => {
  await addConnection(here.db, ctx, 'facebook');
  expect(await listOptions(ctx, undefined)).toEqual([
    {
      connectionId: account,
      platform: 'x',
      connectionName: '@x',
      rules: [],
      fields: [
        { id: 'board', kind: 'remote_choice', label: 'Board', help: 'Where it is pinned', required: true },
        {
          id: 'title',
          kind: 'text',
          label: 'Title',
          help: null,
          required: false,
          default: '',
          maxLength: 100,
          counts: false,
        },
        { id: 'adult', kind: 'switch', label: 'Adult', help: null, required: false, default: false },
      ],
    },
  ]);
});

test('asks the platform for a page at a time, each time anew', async () => {
  answer = async ({ cursor }) =>
    cursor === null
      ? { choices: [{ value: '1', label: 'Tea' }], nextCursor: 'p2' }
      : { choices: [{ value: '2', label: 'Cake' }], nextCursor: null };
  const first = await ask({ search: ' te ' });
  expect(first).toEqual({ choices: [{ value: '1', label: 'Tea' }], nextCursor: 'p2' });
  expect(await ask({ cursor: 'p2' })).toEqual({ choices: [{ value: '2', label: 'Cake' }], nextCursor: null });
  await ask();
  expect(asked).toEqual([
    { field: 'board', search: 'te', cursor: null },
    { field: 'board', search: '', cursor: 'p2' },
    { field: 'board', search: '', cursor: null },
  ]);
});

test('what a platform answers is made safe: names are cleaned and cut, unusable values left out, the list and its end bounded', async () => {
  answer = async ({ cursor }) => ({
    choices: [
      { value: '1', label: 'Tea\u0000\n& cake' },
      { value: '2', label: '' },
      { value: 'a\u0000b', label: 'Broken' },
      { value: 'x'.repeat(501), label: 'Huge' },
      { value: '', label: 'Nothing' },
      { value: '3', label: '🫖'.repeat(300) },
      ...Array.from({ length: 200 }, (_, i) => ({ value: `n${i}`, label: `N ${i}` })),
    ],
    nextCursor: cursor ?? 'x'.repeat(5000),
  });
  const { choices, nextCursor } = await ask();
  expect(choices.slice(0, 2)).toEqual([
    { value: '1', label: 'Tea & cake' },
    { value: '2', label: '2' },
  ]);
  expect(choices[2]).toEqual({ value: '3', label: '🫖'.repeat(100) });
  expect(choices.map(({ value }) => value)).not.toContain('');
  expect(choices.length).toBeLessThanOrEqual(100);
  expect(nextCursor).toBeNull();
  // The same cursor again would never end.
  expect((await ask({ cursor: 'p2' })).nextCursor).toBeNull();
});

test.each(['rejected', 'transient', 'rate_limited', 'reauth'] as const)(
  'a platform’s fault (%s) is passed on in its words',
  async (kind) => {
    answer = async () => {
      throw new ConnectorFault(kind, verbatim('The boards are away.'));
    };
    await expect(ask()).rejects.toMatchObject({ code: 'platform_failed', fact: 'The boards are away.' });
  },
);

test('a platform that does not answer is not waited for', async () => {
  scaleTimeLimits(0.0001);
  answer = () => new Promise(() => {});
  await expect(ask()).rejects.toMatchObject({
    code: 'platform_failed',
    fact: 'The platform did not answer in time.',
  });
});

test('refuses a field without choices, an account to reconnect, another workspace’s account and a reader', async () => {
  answer = async () => ({ choices: [], nextCursor: null });
  for (const field of ['title', 'nothing', 'constructor', '__proto__'])
    await expect(ask({ field })).rejects.toMatchObject({
      code: 'invalid',
      fact: 'X has nothing to choose here.',
    });
  const stranger = await createWorld(here.db);
  const foreign = await addConnection(here.db, stranger.ctx);
  await expect(ask({ connectionId: foreign })).rejects.toMatchObject({ code: 'not_found' });
  await expect(
    ask({}, { ...(await actingAs(here.world, 'viewer')), platforms: ctx.platforms }),
  ).rejects.toMatchObject({ code: 'forbidden' });
  await here.db.asSystem((tx) =>
    tx.update(connections).set({ status: 'needs_reconnect' }).where(eq(connections.id, account)),
  );
  await expect(ask()).rejects.toMatchObject({ code: 'conflict', fact: 'Reconnect @x on X first.' });
  expect(asked).toEqual([]);
});
