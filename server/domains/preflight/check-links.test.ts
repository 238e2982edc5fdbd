import { beforeEach, expect, test, vi } from 'vitest';
import type { Db } from '@/db/client';
import { generalRules } from '@/server/connectors/kit/text';
import { ManualClock } from '@/server/foundation/clock';
import { asWorkspaceId } from '@/server/foundation/ids';
import { SafeFetchError, type SafeFetchReason } from '@/server/foundation/safe-fetch';
import { MAX_TEXT_WORK, withTextWork } from '@/server/foundation/text-work';
import { type Ctx, memberActor } from '@/server/verbs/context';
import { withRole } from '@/tests/support/world';
import { connectorPlatforms } from '../connections/connector-platforms';
import { checkLinks, forgetLinks, type LinkFetcher, linksOf, openLinks } from './check-links';

let clock: ManualClock;
let ctx: Ctx;
let asked: string[];
beforeEach(() => {
  forgetLinks();
  asked = [];
  clock = new ManualClock('2026-03-02T10:00:00Z');
  ctx = {
    // Link checks do not use the database.
    db: null as unknown as Db,
    clock,
    events: { publish: async () => {} },
    platforms: connectorPlatforms,
    workspaceId: asWorkspaceId('ws_1'),
    actor: memberActor({ userId: 'u', name: 'U', role: 'operator' }),
  };
});

/** By host: the status for HEAD and for GET, or a failure. */
const SITES: Record<string, [number, number] | SafeFetchReason> = {
  'fine.example': [200, 200],
  'shy.example': [405, 206],
  'empty.example': [404, 416],
  'gone.example': [404, 404],
  'down.example': [410, 410],
  'sick.example': [503, 503],
  'members.example': [403, 403],
  'nowhere.example': 'no_such_host',
  'expired.example': 'tls',
  'slow.example': 'timeout',
  'refused.example': 'unreachable',
  'circle.example': 'too_many_redirects',
  'inside.example': 'not_allowed',
};
const fetcher: LinkFetcher = async (url, { method }) => {
  asked.push(`${method} ${url}`);
  const site = SITES[new URL(url).hostname];
  if (!site) throw new Error('a bug of ours');
  if (typeof site === 'string') throw new SafeFetchError(site);
  return { status: method === 'HEAD' ? site[0] : site[1], url };
};
const check = (...texts: string[]) => openLinks(ctx, { texts }, fetcher);
const stateOf = async (host: string) => (await check(`https://${host}/a`)).links[0]?.state;

test('only links that certainly lead nowhere are dead; failed checks are inconclusive', async () => {
  const states: Record<string, string | undefined> = {};
  for (const host of [...Object.keys(SITES), 'bug.example']) states[host] = await stateOf(host);
  expect(states).toEqual({
    'fine.example': 'fine',
    'shy.example': 'fine',
    'empty.example': 'fine',
    'gone.example': 'dead',
    'down.example': 'dead',
    'sick.example': 'unchecked',
    'members.example': 'unchecked',
    'nowhere.example': 'dead',
    'expired.example': 'dead',
    'slow.example': 'unchecked',
    'refused.example': 'unchecked',
    'circle.example': 'unchecked',
    'inside.example': 'unchecked',
    'bug.example': 'unchecked',
  });
});

test('each link is requested once, in the order of the texts, and reported as written', async () => {
  const { links } = await check(
    'See fine.example/b, and https://gone.example/a.',
    'Again: https://gone.example/a',
  );
  expect(links.map((l) => [l.url, l.state])).toEqual([['https://gone.example/a', 'dead']]);
  expect(asked).toEqual(['HEAD https://gone.example/a', 'GET https://gone.example/a']);
  expect(
    (await linksOf({ texts: ['shop.com/new', 'a.b is no link', 'mail me@shop.com'] })).map((l) => l.address),
  ).toEqual(['https://shop.com/new']);
});

test('a link ends where the platform ends it, and an address by itself is taken as it is', async () => {
  const addresses = async (input: Parameters<typeof linksOf>[0]) =>
    (await linksOf(input)).map((l) => l.address);
  const texts = ['https://example.com/aをご覧ください', 'https://ashort.url?a=1'];
  expect(await addresses({ texts, platform: 'x' })).toEqual(['https://example.com/a']);
  expect(
    await addresses({ texts: [], links: ['example.com/a_', 'https://example.com/をご覧', '//'] }),
  ).toEqual(['https://example.com/a_', 'https://example.com/をご覧']);
});

test('results are cached for a while, bad ones for less', async () => {
  await check('https://fine.example/a https://gone.example/a');
  const first = asked.length;
  clock.advance(60_000);
  await check('https://fine.example/a https://gone.example/a');
  expect(asked.length).toBe(first);
  clock.advance(2 * 60_000);
  await check('https://fine.example/a https://gone.example/a');
  expect(asked.slice(first).every((a) => a.includes('gone.example'))).toBe(true);
  expect(asked.length).toBe(first + 2);
});

test('concurrent checks of a link share one request', async () => {
  await Promise.all([check('https://fine.example/a'), check('https://fine.example/a')]);
  expect(asked).toEqual(['HEAD https://fine.example/a']);
});

test('limits the requests of a workspace without affecting another one', async () => {
  for (let i = 0; i < 10; i++)
    await check(Array.from({ length: 12 }, (_, j) => `https://fine.example/${i}-${j}`).join(' '));
  expect(asked).toHaveLength(60);
  expect((await check('https://fine.example/next')).links[0]?.state).toBe('unchecked');
  ctx = { ...ctx, workspaceId: asWorkspaceId('ws_2') };
  expect(await stateOf('fine.example')).toBe('fine');
  ctx = { ...ctx, workspaceId: asWorkspaceId('ws_1') };
  clock.advance(60_000);
  expect((await check('https://fine.example/next')).links[0]?.state).toBe('fine');
});

test('a member who cannot publish cannot trigger requests', async () => {
  await expect(
    checkLinks(withRole(ctx, 'viewer'), { texts: ['https://fine.example/a'] }),
  ).rejects.toMatchObject({ code: 'forbidden' });
  expect(asked).toEqual([]);
});

test('the calls of one request share a limit', async () => {
  const search = vi.spyOn(generalRules, 'findLinks');
  const texts = ['a.'.repeat(5_000), 'b.'.repeat(5_000)];
  try {
    await withTextWork(() => Promise.all(Array.from({ length: 20 }, () => linksOf({ texts }))));
    const searched = search.mock.calls.reduce((sum, [text]) => sum + text.length, 0);
    expect(searched).toBeGreaterThan(0);
    expect(searched).toBeLessThanOrEqual(MAX_TEXT_WORK / 5);
    search.mockClear();
    await withTextWork(() => linksOf({ texts }));
    expect(search).toHaveBeenCalledTimes(2);
  } finally {
    search.mockRestore();
  }
});
