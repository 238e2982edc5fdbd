import { existsSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generatedFiles, platformIds, staleFiles, standInIds } from '@/scripts/platforms.mjs';
import { firstPlatforms, platformFace } from '@/server/connectors/faces';
import { PLATFORM_IDS } from '@/server/connectors/generated/ids';
import type { Face } from '@/server/connectors/kit/face';
import { PLAN_TERMS } from '@/server/domains/plans/plans';

/** Returns the folders below server/ that have a file, by name. */
const foldersWith = (place: string, file: string): string[] =>
  readdirSync(`server/${place}`)
    .filter((name) => name !== 'kit' && existsSync(`server/${place}/${name}/${file}`))
    .toSorted();

test('the generated lists contain every platform folder, in display order', () => {
  expect(staleFiles()).toEqual([]);
  const folders = foldersWith('connectors', 'face.ts').filter((name) => name !== 'kit');
  expect(platformIds().toSorted()).toEqual(folders);
  const orders = platformIds().map((id: string) => platformFace(id).order);
  expect(orders).toEqual(orders.toSorted((a: number, b: number) => a - b));
});

test('a list without one of the platforms is out of date', () => {
  const fewer = platformIds().filter((id: string) => id !== 'x');
  expect(staleFiles(generatedFiles(fewer))).toEqual([
    'foundation/platform-settings.ts',
    'foundation/http/sandbox-bodies.ts',
    'connectors/generated/ids.ts',
    'connectors/generated/faces.ts',
    'connectors/generated/manifests.ts',
    'connectors/generated/connectors.ts',
    'connectors/generated/text-rules.ts',
    'connectors/generated/contracts.ts',
  ]);
});

test('the stand-ins are in the order of the platforms, with others after them', () => {
  expect(standInIds().toSorted()).toEqual(foldersWith('sandbox', 'index.ts'));
  const platforms = platformIds().filter((id: string) => standInIds().includes(id));
  expect(standInIds().slice(0, platforms.length)).toEqual(platforms);
  const fewer = standInIds().filter((id: string) => id !== 'etsy');
  expect(staleFiles(generatedFiles(platformIds(), fewer))).toEqual([
    'sandbox/generated/stand-ins.ts',
    'sandbox/generated/tables.ts',
  ]);
});

/** Returns the platforms that no plan includes, so that nobody could use them. */
const inNoPlan = (ids: readonly string[]): string[] =>
  ids.filter((id) => !Object.values(PLAN_TERMS).some(({ platforms }) => platforms.includes(id)));

test('every platform is in the highest plan, and each plan includes the platforms of the lower ones', () => {
  expect(inNoPlan(platformIds())).toEqual([]);
  expect(PLAN_TERMS.agency.platforms).toEqual(platformIds());
  expect(PLAN_TERMS.pro.platforms).toEqual(expect.arrayContaining([...PLAN_TERMS.free.platforms]));
  expect(PLAN_TERMS.free.platforms).toEqual(
    platformIds().filter((id: string) => platformFace(id).tier === 'free'),
  );
});

test('a platform that no plan includes is found, and a tier that is no plan does not compile', () => {
  expect(inNoPlan([...platformIds(), 'unlisted'])).toEqual(['unlisted']);
  // @ts-expect-error there is no such plan
  ({ ...platformFace(PLATFORM_IDS[0]), tier: 'enterprise' }) satisfies Face;
});

test('the platforms to begin with take posts and are in every plan', () => {
  expect(firstPlatforms()).toEqual(['x', 'facebook']);
  expect(PLAN_TERMS.free.platforms).toEqual(expect.arrayContaining(firstPlatforms()));
});
