import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { contracts } from '@/server/connectors/generated/contracts';
import { PLATFORM_IDS, type PlatformId } from '@/server/connectors/generated/ids';
import { platformTraits } from '@/server/connectors/platform-traits';
import { connectorOf } from '@/server/connectors/registry';
import {
  following,
  followUp,
  MAX_PICTURES,
  numberIn,
  option,
  POINTS,
  pictures,
  refusal,
  textOf,
  timedFaults,
} from './plan';
import { isSynthetic, publishingPlatforms, SYNTHETIC, unused } from './targets';

/** No platform reports by itself in a run. The tests of server/domains/webhooks end a process at these points. */
const TESTED_ELSEWHERE = /^webhooks: /;

test('the plan includes every named fault point in the code', () => {
  const named = ['server', 'inngest', 'db']
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
    )
    .filter((file) => /(?<!\.test)\.ts$/.test(file))
    .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/faultPoint\('([^']+)'\)/g)])
    .map(([, name]) => name ?? '');
  expect(named.length).toBeGreaterThan(20);
  const missing = [...new Set(named)].filter((name) => !(name in POINTS) && !TESTED_ELSEWHERE.test(name));
  expect(missing).toEqual([]);
});

describe('the platforms of a run', async () => {
  const connectorsThatPublish: string[] = [];
  for (const id of PLATFORM_IDS)
    if ((await connectorOf(id))?.functions.publish) connectorsThatPublish.push(id);

  test('are those of the registry that publish, and the synthetic ones', () => {
    expect(connectorsThatPublish.length).toBeGreaterThan(5);
    expect(publishingPlatforms().toSorted()).toEqual([...connectorsThatPublish, ...SYNTHETIC].toSorted());
  });

  test('all have a contract, by which they are signed in to', () => {
    expect(connectorsThatPublish.filter((id) => !contracts[id as PlatformId])).toEqual([]);
  });

  test('one without a published post is named', () => {
    const [first = '', ...rest] = publishingPlatforms();
    const counted = Object.fromEntries(rest.map((id) => [id, { published: 2 }]));
    expect(unused(publishingPlatforms(), counted)).toEqual([first]);
    expect(unused(publishingPlatforms(), { ...counted, [first]: { published: 0 } })).toEqual([first]);
    expect(unused(publishingPlatforms(), { ...counted, [first]: { published: 1 } })).toEqual([]);
  });
});

describe('what a run plans for a post', () => {
  const indexes = Array.from({ length: 2_000 }, (_, index) => index);
  const traitsOf = (id: string) => {
    const traits = platformTraits(id);
    if (!traits) throw new Error(`${id} has no traits`);
    return traits;
  };
  const real = publishingPlatforms().filter((id) => !isSynthetic(id));

  test.each(real)('%s: everything that it declares, within its limits', (id) => {
    const traits = traitsOf(id);
    const parts = indexes.map((index) => following(7, index, traits));
    expect(Math.max(...parts)).toBe(traits.follow === null ? 0 : Math.min(3, traits.parts.most));
    const shown = indexes.map((index) => pictures(7, index, traits));
    expect(Math.max(...shown)).toBe(Math.min(MAX_PICTURES, traits.media?.pictures.most ?? 0));
    const after = new Set(indexes.map((index) => followUp(7, index, traits)));
    expect(after.has('follow_up')).toBe(traits.resultsBatch !== null);
    expect(after.has('repost')).toBe(traits.resultsBatch !== null && traits.reposts);
    expect(new Set(indexes.map((index) => option(7, index, traits, 3)))).toEqual(new Set([null, 0, 1, 2]));
    const refusals = new Set(indexes.map((index) => refusal(7, index, traits, true)));
    expect(refusals.has('text')).toBe(traits.characters !== null);
    expect(refusals.has('description')).toBe(traits.media !== null);
  });

  test('a refused post has nothing after it', () => {
    for (const id of real)
      for (const index of indexes)
        if (refusal(7, index, traitsOf(id), true) !== null)
          expect([following(7, index, traitsOf(id)), followUp(7, index, traitsOf(id))]).toEqual([0, null]);
  });
});

test.each([
  ['as JSON', JSON.stringify({ text: textOf(41, 7) })],
  ['as a form', new URLSearchParams({ message: textOf(41, 7) }).toString()],
  ['in an address', encodeURIComponent(textOf(41, 7))],
  ['with the number sign escaped', JSON.stringify({ commentary: textOf(41, 7).replace('#', '\\#') })],
])('the number of a post is read from its request %s', (_, body) => {
  expect(numberIn(body)).toBe(41);
  expect(numberIn(body.replaceAll('41', ''))).toBeNull();
});

test('access is ended once on each platform within the usual duration', () => {
  const platforms = publishingPlatforms();
  const plan = timedFaults(7, { duration: 60_000, usual: 20_000, workers: 2, platforms });
  const ended = plan.flatMap((fault) =>
    fault.kind === 'revoke' && fault.at < 20_000 ? [fault.platform] : [],
  );
  expect(ended.toSorted()).toEqual(platforms.toSorted());
});
