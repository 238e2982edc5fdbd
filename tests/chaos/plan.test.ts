import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { POINTS } from './plan';

test('the plan includes every named fault point in the code', () => {
  const named = ['server', 'inngest', 'db']
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
    )
    .filter((file) => /(?<!\.test)\.ts$/.test(file))
    .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/faultPoint\('([^']+)'\)/g)])
    .map(([, name]) => name ?? '');
  expect(named.length).toBeGreaterThan(20);
  expect([...new Set(named)].filter((name) => !(name in POINTS))).toEqual([]);
});
