import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { resolve } from '@/scripts/imports.mjs';
import { moduleImports } from '@/scripts/module-record.mjs';
import { PLATFORM_IDS } from './generated/ids';
import { manifests } from './manifests';
import { connectorOf } from './registry';

const connected = PLATFORM_IDS.filter((id) => manifests[id].kind === 'api');

test('the registry loads a connector at its first use, and no other', async () => {
  const loaded: string[] = [];
  for (const id of connected)
    vi.doMock(`@/server/connectors/${id}/index`, async (original) => {
      loaded.push(id);
      return original<object>();
    });
  vi.resetModules();
  const registry = await import('./registry');
  expect(loaded).toEqual([]);
  const [first = 'none'] = connected;
  expect((await registry.connectorOf(first))?.manifest.id).toBe(first);
  expect(loaded).toEqual([first]);
});

/** Returns the files that are loaded together with a file. */
function loadedWith(start: string): ReadonlySet<string> {
  const files = new Set([start]);
  for (const file of files) {
    if (!/\.m?tsx?$/.test(file)) continue;
    for (const { specifier, names, deferred } of moduleImports(readFileSync(file, 'utf8'), file)) {
      const to = specifier && !deferred && names?.length !== 0 ? resolve(specifier, file) : null;
      if (to) files.add(to);
    }
  }
  return files;
}

test.each(['server/connectors/registry.ts', 'server/domains/verbs.ts', 'inngest/services.ts'])(
  '%s loads no connector',
  (start) => {
    const files = loadedWith(start);
    expect(files.size).toBeGreaterThan(20);
    expect(connected.filter((id) => files.has(`server/connectors/${id}/index.ts`))).toEqual([]);
    expect(loadedWith(`server/connectors/${connected[0]}/index.ts`).size).toBeGreaterThan(5);
  },
);

test('there is no connector of a platform that has none, or that does not exist', async () => {
  for (const id of PLATFORM_IDS)
    expect((await connectorOf(id)) === null, id).toBe(manifests[id].kind !== 'api');
  for (const id of ['none', 'constructor', '']) expect(await connectorOf(id)).toBeNull();
});
