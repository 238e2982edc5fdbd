import { expect, it } from 'vitest';
import { z } from 'zod';
import { canConnect } from '../faces';
import { PLATFORM_IDS } from '../generated/ids';
import { manifests } from '../manifests';
import { connectorOf } from '../registry';
import { defineConnector, type Hooks } from './connector';

import { type Address, type AvailableManifest, allScopes, type Manifest, signInFields } from './manifest';
import type { MediaWay } from './post-media';

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

it('gives a connector its media in the way that its manifest says, and compiles only for that one', () => {
  const { post } = manifests.x;
  const taking = <W extends MediaWay>(way: W) => ({
    ...manifest,
    post: { ...post, media: { ...post.media, way } },
  });
  const none = { remoteId: '', permalink: '' };
  defineConnector(taking('with_post'), {
    hooks,
    functions: {
      remove,
      publish: async (io, { media = [] }) => {
        const [first] = media;
        // A file is a part of a request as it is.
        if (first)
          await io.request(
            {
              operation: 'p',
              method: 'POST',
              path: '/',
              multipart: { photo: first, alt: first.alt },
              effect: 'effect',
            },
            z.unknown(),
          );
        // @ts-expect-error it has no id
        return first?.remoteId ? none : none;
      },
    },
  });
  defineConnector(taking('by_address'), {
    hooks,
    functions: {
      remove,
      // @ts-expect-error it has an address and no content
      publish: async (_io, { media = [] }) => (media[0]?.url && media[0].open ? none : none),
    },
  });
  defineConnector(taking('ahead'), {
    hooks,
    functions: { remove, publish: async (_io, { media = [] }) => (media[0]?.remoteId ? none : none) },
  });
});

it('does not compile without the hooks that a way of signing in needs', () => {
  const functions = { publish, remove };
  const withAuth = <const A extends AvailableManifest['auth']>(auth: A) => ({ ...manifest, auth });
  const { appsPage } = manifest.auth;
  const session = withAuth({ kind: 'fields', fields: [], session: true, ending: 'by_hand', appsPage });
  const issued = { accessToken: 'a', refreshToken: 'r', accessExpiresAt: null, refreshExpiresAt: null };
  const open = async () => issued;
  defineConnector(session, { hooks: { ...hooks, open, renew: open }, functions });
  // @ts-expect-error nothing opens a session
  defineConnector(session, { hooks, functions });
  // @ts-expect-error nothing renews it
  defineConnector(session, { hooks: { ...hooks, open }, functions });

  const registered = withAuth({ ...manifest.auth, registration: 'per_server' });
  const register = async () => ({ clientId: 'id', clientSecret: 'secret' });
  defineConnector(registered, { hooks: { ...hooks, register }, functions });
  // @ts-expect-error nothing registers
  defineConnector(registered, { hooks, functions });
  // @ts-expect-error nothing exchanges the code
  defineConnector(withAuth({ ...manifest.auth, client: 'own' }), { hooks, functions });
  // @ts-expect-error nothing renews the tokens
  defineConnector(withAuth({ ...manifest.auth, refresh: 'own' }), { hooks, functions });
  // @ts-expect-error nothing ends the person's access
  defineConnector(withAuth({ ...manifest.auth, ending: 'person' }), { hooks, functions });
  const signed = { ...manifest, credential: 'signed' } as const;
  defineConnector(signed, { hooks: { ...hooks, sign: () => ({}) }, functions });
  // @ts-expect-error nothing signs
  defineConnector(signed, { hooks, functions });
});

it('lets a manual platform only publish, and a robot nothing, so that nothing can promise more', () => {
  const { id, name, order, tier, accountNoun, summary, docs } = manifests.x;
  const face = { id, name, order, tier, accountNoun, summary, docs };
  const manual = {
    ...face,
    kind: 'manual' as const,
    capabilities: ['publish'] as const,
    post: { characters: 500, text: { rules: 'general', link: 'in_text' } } as const,
    web: 'https://a.test',
    steps: summary,
    editor: 'https://a.test/new',
    profile: { label: summary, help: summary, example: 'a.test/@name' },
    postPath: /^\/(?<id>\d+)$/,
  };
  manual satisfies Manifest;
  // @ts-expect-error a person is asked for a post only
  ({ ...manual, capabilities: ['publish', 'remove'] }) satisfies Manifest;
  // @ts-expect-error what follows a post would need a task of its own
  ({ ...manual, post: { ...manual.post, thread: { parts: 2 } } }) satisfies Manifest;
  const robot = { ...face, kind: 'robot' as const, capabilities: [] as const };
  robot satisfies Manifest;
  // @ts-expect-error a robot can do nothing yet
  ({ ...robot, capabilities: ['publish'] as const }) satisfies Manifest;
  // @ts-expect-error nobody can connect it
  defineConnector(robot, { hooks, functions: {} });
  expect(
    PLATFORM_IDS.filter((one) => canConnect(one) && (manifests[one].kind as string) === 'robot'),
  ).toEqual([]);
});

/** The addresses of a platform: absolute, or, on a server that the user names, paths. */
function addressesOf(entry: AvailableManifest): Address[] {
  const { auth } = entry;
  return [
    entry.api,
    entry.web,
    ...(auth.kind === 'oauth2' ? [auth.authorize, auth.token] : []),
    ...(auth.kind === 'none' ? [] : [auth.appsPage.address]),
  ];
}

it('has a manifest for every id and a connector for every platform with an API', async () => {
  for (const id of PLATFORM_IDS) {
    const entry = manifests[id];
    expect(entry.id).toBe(id);
    const connector = await connectorOf(id);
    expect(connector !== null).toBe(entry.kind === 'api');
    if (entry.kind !== 'api') continue;
    for (const capability of entry.capabilities)
      expect(connector?.functions[capability]).toBeTypeOf('function');
    const available: AvailableManifest = entry;
    for (const address of addressesOf(available)) {
      expect(address.live).toMatch(available.server ? /^(https:\/)?\// : /^https:\/\//);
      expect(address.sandbox).toMatch(new RegExp(`^/${id}(/|$)`));
    }
    expect(available.credential === 'in_address').toBe(available.api.live.includes('{token}'));
    // Without a session, it is clear what the credential is.
    const secrets = signInFields(available.auth).filter(({ kind }) => kind === 'secret');
    if (available.auth.kind === 'fields' && !available.auth.session && available.credential !== 'basic')
      expect(secrets).toHaveLength(1);
    expect(new Set(allScopes(entry.auth)).size).toBe(allScopes(entry.auth).length);
  }
});
