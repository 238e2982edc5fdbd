import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { callPlatform } from '@/server/domains/connections/call-platform';
import { checkConnection } from '@/server/domains/connections/check-connection';
import { chooseAccounts } from '@/server/domains/connections/choose-accounts';
import { completeConnection } from '@/server/domains/connections/complete-connection';
import { disconnect } from '@/server/domains/connections/disconnect';
import { findMoreAccounts } from '@/server/domains/connections/find-more-accounts';
import { listConnections, openChoice } from '@/server/domains/connections/queries';
import { startConnection } from '@/server/domains/connections/start-connection';
import { type Bench, connectionsBench } from '@/server/domains/connections/test-bench';
import { connectSandbox, consent } from '@/server/domains/connections/testing';

const PERSON = 'urn:li:person:kJ3mQ0x1aZ';
const PAGES = ['urn:li:organization:79821345', 'urn:li:organization:80442217'];
const DAY_MS = 86_400_000;

let bench: Bench;
beforeAll(async () => {
  bench = await connectionsBench({ waits: true });
});
afterAll(() => bench.close());
afterEach(() => bench.handler.world.settings.turn('linkedinPages', true));

it('a person with no page connects, publishes, renews the token, removes the post and disconnects', async () => {
  const { handler, world } = bench;
  const done = await connectSandbox(handler, world.ctx, 'linkedin', 'leo-sandoval');
  expect(done.code).toBe('connected');
  const connectionId = done.connectionIds[0] ?? '';
  const input = { text: 'Hello (all)', options: { visibility: 'CONNECTIONS' }, idempotencyKey: 'k' };
  const published = await callPlatform({ ctx: world.ctx, connectionId, capability: 'publish', input });
  expect(published.permalink).toContain(`/sandbox/linkedin/feed/update/${published.remoteId}`);
  const since = new Date(world.clock.now().getTime() - 60_000);
  const lookup = { ...input, since, exclude: [] };
  expect(
    await callPlatform({ ctx: world.ctx, connectionId, capability: 'lookup', input: lookup }),
  ).toMatchObject({
    found: 'unclear',
  });
  const [before] = bench.seen.filter(({ url }) => url.endsWith('/oauth/v2/accessToken'));
  // The client is in the form, and nothing proves it in a header.
  expect(before?.headers.authorization).toBeUndefined();
  expect(String(before?.body)).toContain('client_secret=');
  world.clock.advance(61 * DAY_MS);
  await checkConnection(world.ctx, { id: connectionId });
  const refreshed = bench.seen.filter(({ body }) => String(body).includes('grant_type=refresh_token'));
  expect(refreshed).toHaveLength(1);
  const { remoteId } = published;
  const remove = { ctx: world.ctx, connectionId, capability: 'remove', input: { remoteId } } as const;
  expect(await callPlatform(remove)).toEqual({ removed: true });
  await disconnect(world.ctx, { id: connectionId });
  expect(bench.seen.at(-1)?.url).toContain('/oauth/v2/revoke');
});

it('a sign-in offers the person and every page, which share its token', async () => {
  const { handler } = bench;
  const world = await bench.another();
  const done = await connectSandbox(handler, world.ctx, 'linkedin', 'mira-okafor', [PERSON, ...PAGES]);
  expect(done.connectionIds).toHaveLength(3);
  const listed = await listConnections(world.ctx);
  expect(listed.map(({ remoteName }) => remoteName).sort()).toEqual([
    'Ink & Oak Studio',
    'Mira Okafor',
    'Northlight Prints',
  ]);
  for (const { id } of listed) {
    const input = { text: `From ${id}`, idempotencyKey: id };
    await callPlatform({ ctx: world.ctx, connectionId: id, capability: 'publish', input });
  }
});

describe('an app without the product for pages', () => {
  const PAGE_SCOPE = 'w_organization_social';
  const withoutPages = () => bench.handler.world.settings.turn('linkedinPages', false);

  it('connects the person at the second request, tries nothing else, and says what is missing', async () => {
    await withoutPages();
    const world = await bench.another();
    const { url } = await startConnection(world.ctx, { platform: 'linkedin', returnTo: '/connections' });
    expect(url).toContain(PAGE_SCOPE);
    const first = await completeConnection({
      ctx: world.ctx,
      input: { platform: 'linkedin', ...(await consent(bench.handler, url, 'mira-okafor')) },
    });
    const again = new URL(first.again ?? '');
    expect(again.searchParams.get('scope')).toBe('openid profile w_member_social');
    expect(again.searchParams.get('state')).not.toBe(new URL(url).searchParams.get('state'));
    const done = await completeConnection({
      ctx: world.ctx,
      input: { platform: 'linkedin', ...(await consent(bench.handler, again.href, 'mira-okafor')) },
    });
    expect(done).toMatchObject({ code: 'connected', returnTo: '/connections' });
    const [only, ...others] = await listConnections(world.ctx);
    expect(others).toEqual([]);
    expect(only).toMatchObject({
      remoteName: 'Mira Okafor',
      missing: [{ words: { fact: 'platforms.linkedin.pages.refused' }, withheld: false }],
      grant: { signedInAs: 'Mira Okafor', listsMore: true },
    });
    expect(only?.capabilities).toContain('publish');
    expect(only?.capabilities).not.toContain('engagement');
    const sent = bench.seen.length;
    const call = { ctx: world.ctx, connectionId: only?.id ?? '', capability: 'engagement' } as const;
    await expect(callPlatform({ ...call, input: { remoteIds: ['urn:li:share:1'] } })).rejects.toMatchObject({
      kind: 'rejected',
      fact: { fact: 'connectors.errors.notGranted' },
    });
    expect(bench.seen).toHaveLength(sent);
    expect((await bench.row(only?.id ?? '')).status).toBe('active');
  });

  it('renews with what was granted, since LinkedIn does not repeat it', async () => {
    await withoutPages();
    const world = await bench.another();
    const done = await connectSandbox(bench.handler, world.ctx, 'linkedin', 'mira-okafor');
    const id = done.connectionIds[0] ?? '';
    const before = (await bench.grant(id)).scopes;
    bench.wrap = (inner) => async (wire) => {
      const answer = await inner(wire);
      if (!String(wire.body).includes('grant_type=refresh_token')) return answer;
      const { scope: _, ...rest } = JSON.parse(answer.body) as { scope: string };
      return { ...answer, body: JSON.stringify(rest) };
    };
    world.clock.advance(61 * DAY_MS);
    await checkConnection(world.ctx, { id });
    bench.wrap = null;
    const after = await bench.grant(id);
    expect(after.accessExpiresAt?.getTime()).toBeGreaterThan(world.clock.now().getTime());
    expect(after.scopes).toEqual(before);
  });

  it('ends the sign-in if even the smaller request is refused, and knows a person who refused', async () => {
    await withoutPages();
    const world = await bench.another();
    const { url } = await startConnection(world.ctx, { platform: 'linkedin', returnTo: '/connections' });
    const come = async (at: string, error: string) =>
      completeConnection({
        ctx: world.ctx,
        input: { platform: 'linkedin', state: new URL(at).searchParams.get('state'), code: null, error },
      });
    const first = await come(url, 'unauthorized_scope_error');
    const second = await come(first.again ?? '', 'unauthorized_scope_error');
    expect(second).toMatchObject({ code: 'scope_refused', connectionIds: [] });
    expect(second.again).toBeUndefined();
    const other = await startConnection(world.ctx, { platform: 'linkedin', returnTo: '/connections' });
    expect(await come(other.url, 'user_cancelled_authorize')).toMatchObject({ code: 'refused' });
  });
});

describe('another page of a sign-in', () => {
  it('is found without signing in again, and chosen like after a sign-in', async () => {
    const world = await bench.another();
    const [person] = (await connectSandbox(bench.handler, world.ctx, 'linkedin', 'mira-okafor', [PERSON]))
      .connectionIds;
    const signIns = bench.seen.filter(({ url }) => url.endsWith('/accessToken')).length;
    expect(await findMoreAccounts(world.ctx, { id: person ?? '' })).toEqual({ found: 2 });
    expect(await findMoreAccounts(world.ctx, { id: person ?? '' })).toEqual({ found: 2 });
    const choice = await openChoice(world.ctx);
    expect(choice?.accounts.map(({ remoteId, connected }) => [remoteId, connected])).toEqual([
      [PERSON, true],
      [PAGES[0], false],
      [PAGES[1], false],
    ]);
    await chooseAccounts(world.ctx, { id: choice?.id ?? '', remoteIds: PAGES });
    expect(bench.seen.filter(({ url }) => url.endsWith('/accessToken'))).toHaveLength(signIns);
    const listed = await listConnections(world.ctx);
    expect(new Set(listed.map(({ grant }) => grant?.id)).size).toBe(1);
    expect(listed).toHaveLength(3);
    expect(await findMoreAccounts(world.ctx, { id: person ?? '' })).toEqual({ found: 0 });
    expect(await openChoice(world.ctx)).toBeNull();
  });

  it('marks every connection if LinkedIn has ended the access', async () => {
    const world = await bench.another();
    const picked = [PERSON, PAGES[0] ?? ''];
    const { connectionIds } = await connectSandbox(
      bench.handler,
      world.ctx,
      'linkedin',
      'mira-okafor',
      picked,
    );
    await bench.handler.world.tokens.revoke(
      bench.handler.world.db,
      { platform: 'linkedin', accountId: 'kJ3mQ0x1aZ' },
      world.clock.now(),
    );
    await expect(findMoreAccounts(world.ctx, { id: connectionIds[0] ?? '' })).rejects.toMatchObject({
      code: 'unavailable',
    });
    const listed = await listConnections(world.ctx);
    expect(listed.map(({ status, grant }) => [status, grant?.listsMore])).toEqual([
      ['needs_reconnect', false],
      ['needs_reconnect', false],
    ]);
  });
});
