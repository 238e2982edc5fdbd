import { expect, test } from 'vitest';
import { generatedFiles, platformIds, staleFiles, standInIds } from '@/scripts/platforms.mjs';
import { faces, firstPlatforms } from '@/server/connectors/faces';
import type { PlatformId } from '@/server/connectors/generated/ids';
import { PLAN_TERMS } from '@/server/domains/plans/plans';

test('the generated lists contain every platform folder, in display order', () => {
  expect(staleFiles()).toEqual([]);
  const orders = platformIds().map((id) => faces[id as PlatformId].order);
  expect(orders.length).toBeGreaterThan(4);
  expect(orders).toEqual([...orders].sort((a, b) => a - b));
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
  const own = platformIds().filter((id) => standInIds().includes(id));
  expect(own).toEqual(expect.arrayContaining(['x', 'facebook', 'etsy']));
  expect(standInIds().slice(0, own.length)).toEqual(own);
  expect(standInIds().slice(own.length)).toContain('stripe');
  const fewer = standInIds().filter((id: string) => id !== 'etsy');
  expect(staleFiles(generatedFiles(platformIds(), fewer))).toEqual([
    'sandbox/generated/stand-ins.ts',
    'sandbox/generated/tables.ts',
  ]);
});

test('every platform is in the highest plan, and each plan includes the platforms of the lower ones', () => {
  expect(PLAN_TERMS.agency.platforms).toEqual(platformIds());
  expect(PLAN_TERMS.pro.platforms).toEqual(expect.arrayContaining([...PLAN_TERMS.free.platforms]));
  expect(PLAN_TERMS.free.platforms).toEqual(['x', 'facebook', 'etsy']);
});

test('the platforms to begin with take posts and are in every plan', () => {
  expect(firstPlatforms()).toEqual(['x', 'facebook']);
  expect(PLAN_TERMS.free.platforms).toEqual(expect.arrayContaining(firstPlatforms()));
});
