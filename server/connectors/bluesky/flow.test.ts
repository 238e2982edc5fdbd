import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { connections } from '@/db/schema';
import { callPlatform } from '@/server/domains/connections/call-platform';
import { setTransport } from '@/server/domains/connections/load-target';
import { signInWithFields } from '@/server/domains/connections/sign-in';
import { sendToHandler } from '@/server/domains/connections/testing';
import { samplePng } from '@/server/domains/files/testing';
import { env } from '@/server/foundation/env';
import { blueskyAccounts, passwordOf } from '@/server/sandbox/bluesky/accounts';
import { type SandboxHandler, sandboxHandler } from '@/server/sandbox/handler';
import type { Account } from '@/server/sandbox/stand-in';
import { freshDb } from '@/tests/support/db';
import { createWorld, type World } from '@/tests/support/world';
import { resetLimits } from '../host/throttle';
import type { Capabilities, Capability, ConnectorFault } from '../kit/types';

const MIRA = 'mira.bsky.social';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let db: Db;
let world: World;
let sandbox: SandboxHandler;
let mira: string;
/** Hosts that were asked, with the method. */
let asked: string[] = [];

const app = `${env().appUrl}/sandbox`;
const send = (method: string, path: string, body?: object) =>
  sandbox(
    new Request(`${app}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    }),
  );
const appPassword = async (account: string): Promise<string> =>
  ((await (await send('POST', '/control/key', { platform: 'bluesky', account })).json()) as { key: string })
    .key;
const signIn = (handle: string, password: string, server?: string) =>
  signInWithFields(world.ctx, {
    platform: 'bluesky',
    environment: 'sandbox',
    values: { handle, password },
    ...(server ? { server } : {}),
  });
const call = <C extends Capability>(capability: C, input: Capabilities[C]['input'], connectionId = mira) =>
  callPlatform({ ctx: world.ctx, connectionId, capability, input });
const faultOf = (work: Promise<unknown>): Promise<ConnectorFault> =>
  work.then(
    () => expect.unreachable('It worked'),
    (error: ConnectorFault) => error,
  );
const fail = (operation: string, kind: 'reset_after' | '429' | 'nonsense' | '500_after') =>
  sandbox.world.faults.add({ platform: 'bluesky', operation, kind, count: 1 });
const recordOf = async (remoteId: string) => {
  const [, , repo, collection, rkey] = remoteId.split('/');
  const query = new URLSearchParams({ repo: repo ?? '', collection: collection ?? '', rkey: rkey ?? '' });
  const answer = await send('GET', `/bluesky/bsky.social/xrpc/com.atproto.repo.getRecord?${query}`);
  return answer.ok ? ((await answer.json()) as { cid: string; value: Record<string, unknown> }) : null;
};

beforeAll(async () => {
  process.env.TRIBUTARY_SANDBOX = '1';
  db = await freshDb();
  world = await createWorld(db, { plan: 'agency' });
  sandbox = sandboxHandler({
    db,
    clock: world.clock,
    publicUrl: app,
    appUrl: env().appUrl,
    internalAppUrl: env().appUrl,
    sleep: async () => {},
  });
  sendToHandler(
    sandbox,
    (inner) => async (wire) => {
      const [, , , host, , method] = new URL(wire.url).pathname.split('/');
      asked.push(`${host} ${method}`);
      return inner(wire);
    },
    world.clock,
  );
  mira = (await signIn(`@${MIRA}`, await appPassword(MIRA))).connectionIds[0] ?? '';
}, 120_000);
afterAll(async () => {
  setTransport(undefined);
  await db.close();
});
afterEach(async () => {
  await sandbox.world.faults.clear();
  resetLimits();
});

test('people sign in at the usual server, and everything after that goes to the one that holds the account', async () => {
  const [row] = await db.asSystem((tx) => tx.select().from(connections).where(eq(connections.id, mira)));
  expect(row).toMatchObject({
    remoteId: blueskyAccounts[0]?.id,
    remoteName: `@${MIRA}`,
    server: 'https://bsky.social',
    remote: { handle: MIRA, server: 'https://morel.us-east.host.bsky.network' },
  });
  asked = [];
  await call('publish', { text: 'Hello', idempotencyKey: 'home' });
  expect(asked).toEqual(['morel.us-east.host.bsky.network com.atproto.repo.createRecord']);
});

test('an account on a server of its own is connected there, and nowhere else', async () => {
  const password = await appPassword('leo-sandoval.example');
  expect((await signIn('leo-sandoval.example', password)).code).toBe('values_refused');
  const { code, connectionIds } = await signIn('leo-sandoval.example', password, 'pds.leo-sandoval.example');
  expect(code).toBe('connected');
  const { permalink } = await call('publish', { text: 'Mine', idempotencyKey: 'own' }, connectionIds[0]);
  expect((await sandbox(new Request(permalink))).status).toBe(200);
});

test('the account’s own password is refused, and so is a wrong one', async () => {
  const [seed] = blueskyAccounts;
  expect((await signIn(MIRA, passwordOf(seed as unknown as Account))).code).toBe('values_refused');
  expect((await signIn(MIRA, 'abcd-efgh-2345-6777')).code).toBe('values_refused');
});

test('a post has links, known mentions, hashtags, a card, a language and a warning', async () => {
  const { remoteId, permalink } = await call('publish', {
    text: '👩‍👩‍👧 with @tinyplates.bsky.social and @nobody.example #ink',
    link: 'https://example.com/shop',
    options: { language: 'en', warning: 'nudity' },
    idempotencyKey: 'rich',
  });
  const record = await recordOf(remoteId);
  expect(record?.value).toMatchObject({
    text: '👩‍👩‍👧 with @tinyplates.bsky.social and @nobody.example #ink\n\nexample.com/shop',
    langs: ['en'],
    labels: { values: [{ val: 'nudity' }] },
    embed: { external: { uri: 'https://example.com/shop', title: 'example.com/shop' } },
  });
  const facets = record?.value.facets as { features: object[] }[] | undefined;
  expect(facets?.map(({ features }) => features[0])).toEqual([
    { $type: 'app.bsky.richtext.facet#mention', did: blueskyAccounts[2]?.id },
    { $type: 'app.bsky.richtext.facet#tag', tag: 'ink' },
    { $type: 'app.bsky.richtext.facet#link', uri: 'https://example.com/shop' },
  ]);
  const page = await (await sandbox(new Request(permalink))).text();
  expect(page).toContain('example.com/shop');
});

test('pictures are sent with their post, which then has no card', async () => {
  const bytes = samplePng(8, 6);
  const { remoteId } = await call('publish', {
    text: 'Two',
    link: 'https://example.com/shop',
    media: [
      {
        kind: 'picture',
        name: 'a.png',
        mime: 'image/png',
        bytes: bytes.length,
        width: 8,
        height: 6,
        alt: 'A rectangle',
        open: () => new Blob([new Uint8Array(bytes)]).stream(),
      },
    ],
    idempotencyKey: 'pictures',
  });
  expect((await recordOf(remoteId))?.value.embed).toMatchObject({
    $type: 'app.bsky.embed.images',
    images: [{ alt: 'A rectangle', aspectRatio: { width: 8, height: 6 }, image: { size: bytes.length } }],
  });
});

test('a thread names its first post and the one before', async () => {
  const first = await call('publish', { text: 'One', idempotencyKey: 't1' });
  const second = await call('publish', { text: 'Two', replyTo: first.remoteId, idempotencyKey: 't2' });
  const third = await call('publish', { text: 'Three', replyTo: second.remoteId, idempotencyKey: 't3' });
  const [a, b, c] = await Promise.all([first, second, third].map(({ remoteId }) => recordOf(remoteId)));
  expect(c?.value.reply).toEqual({
    root: { uri: first.remoteId, cid: a?.cid },
    parent: { uri: second.remoteId, cid: b?.cid },
  });
  await call('remove', { remoteId: third.remoteId });
  const late = call('publish', { text: 'Four', replyTo: third.remoteId, idempotencyKey: 't4' });
  expect(await faultOf(late)).toMatchObject({ kind: 'rejected', options: { vendorCode: 'no_parent' } });
});

test.each(['reset_after', 'nonsense', '500_after'] as const)(
  'after %s, a look-up finds the post by its key, and sending it again makes no second one',
  async (kind) => {
    const input = { text: `Lost by ${kind}`, idempotencyKey: `lost-${kind}` };
    await fail('com.atproto.repo.createRecord', kind);
    const lost = call('publish', input);
    // An answer that is an error is checked at once.
    const found = kind === '500_after' ? await lost : null;
    if (!found) expect((await faultOf(lost)).kind).toBe('unknown_outcome');
    const look = (keys: string[]) =>
      call('lookup', { text: input.text, since: world.clock.now(), exclude: [], keys });
    const answer = await look([input.idempotencyKey]);
    expect(answer.found).toBe('yes');
    if (found && answer.found === 'yes') expect(answer.post).toEqual(found);
    expect(await look(['other'])).toEqual({ found: 'absent' });
    expect((await look([])).found).toBe('unclear');
    if (answer.found === 'yes') expect(await call('publish', input)).toEqual(answer.post);
  },
);

test('a repost counts once, and is removed without the post', async () => {
  const { remoteId } = await call('publish', { text: 'Again', idempotencyKey: 'post' });
  const repost = { text: '', repostOf: remoteId, idempotencyKey: 'repost' };
  const made = await call('publish', repost);
  expect(await call('publish', repost)).toEqual(made);
  const reposts = async () =>
    (await call('engagement', { remoteIds: [remoteId, made.remoteId] }))[0]?.reposts;
  expect(await reposts()).toBe(1);
  expect(await call('remove', { remoteId: made.remoteId })).toEqual({ removed: true });
  expect(await reposts()).toBe(0);
});

test('a removed post is gone, and removing it twice is fine', async () => {
  const kept = await call('publish', { text: 'Kept', idempotencyKey: 'kept' });
  const gone = await call('publish', { text: 'Gone', idempotencyKey: 'gone' });
  expect(await call('remove', { remoteId: gone.remoteId })).toEqual({ removed: true });
  expect(await call('remove', { remoteId: gone.remoteId })).toEqual({ removed: false });
  expect(await call('remove', { remoteId: 'at://did:plc:another/app.bsky.feed.post/3k' })).toEqual({
    removed: false,
  });
  const all = await call('engagement', { remoteIds: [kept.remoteId, gone.remoteId, 'nonsense'] });
  expect(all.map(({ remoteId, gone: is, views }) => [remoteId, is, views])).toEqual([
    [kept.remoteId, false, null],
    [gone.remoteId, true, null],
  ]);
});

test('what the server refuses is told, and its limits are kept', async () => {
  const long = await faultOf(call('publish', { text: 'x'.repeat(301), idempotencyKey: 'long' }));
  expect(long).toMatchObject({ kind: 'rejected', message: expect.stringContaining('300 graphemes') });
  await fail('com.atproto.repo.createRecord', '429');
  const limited = await faultOf(call('publish', { text: 'Fast', idempotencyKey: 'fast' }));
  expect(limited).toMatchObject({ kind: 'rate_limited', options: { retryAfter: 60 } });
});

test('a session is renewed when it ends, until its app password is revoked', async () => {
  world.clock.advance(3 * HOUR_MS);
  asked = [];
  await call('publish', { text: 'Later', idempotencyKey: 'later' });
  expect(asked[0]).toContain('refreshSession');
  world.clock.advance(80 * DAY_MS);
  await call('publish', { text: 'Much later', idempotencyKey: 'much later' });
  world.clock.advance(3 * HOUR_MS);
  await send('POST', '/control/revoke', { platform: 'bluesky', account: MIRA });
  const over = await faultOf(call('publish', { text: 'Over', idempotencyKey: 'over' }));
  expect(over).toMatchObject({ kind: 'reauth', options: { vendorCode: 'ExpiredToken' } });
});
