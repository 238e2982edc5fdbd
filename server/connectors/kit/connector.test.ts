import { expect, it } from 'vitest';
import { PLATFORM_IDS } from '../generated/ids';
import { manifests } from '../manifests';
import { connectors } from '../registry';
import { defineConnector, type Hooks } from './connector';
import { type AvailableManifest, allScopes } from './manifest';

const manifest = { ...manifests.x, capabilities: ['publish', 'remove'] } as const satisfies AvailableManifest;
const hooks: Hooks = { identify: async () => [] };
const publish = async () => ({ remoteId: '1', permalink: 'https://example.com' });
const remove = async () => ({ removed: true });
const views = async () => [];

it('does not compile if a function of the manifest is missing or another one is added', () => {
  defineConnector(manifest, { hooks, functions: { publish, remove } });
  // @ts-expect-error `remove` is missing
  defineConnector(manifest, { hooks, functions: { publish } });
  // @ts-expect-error the manifest does not name `views`
  defineConnector(manifest, { hooks, functions: { publish, remove, views } });
  // @ts-expect-error `remove` answers something else
  defineConnector(manifest, { hooks, functions: { publish, remove: publish } });
});

it('has a manifest for every id and a connector for every platform with an API', () => {
  for (const id of PLATFORM_IDS) {
    const entry = manifests[id];
    expect(entry.id).toBe(id);
    expect(connectors[id] !== null).toBe(entry.kind === 'api');
    if (entry.kind !== 'api') continue;
    for (const capability of entry.capabilities)
      expect(connectors[id]?.functions[capability]).toBeTypeOf('function');
    for (const address of [entry.api, entry.web, entry.auth.authorize, entry.auth.token]) {
      expect(address.live).toMatch(/^https:\/\//);
      expect(address.sandbox).toMatch(new RegExp(`^/${id}(/|$)`));
    }
    expect(new Set(allScopes(entry.auth)).size).toBe(allScopes(entry.auth).length);
  }
});
