import { z } from 'zod';
import { faces } from '@/server/connectors/faces';
import { connectors } from '@/server/connectors/generated/connectors';
import { PLATFORM_IDS, type PlatformId } from '@/server/connectors/generated/ids';
import { type ConnectorIo, defineConnector } from '@/server/connectors/kit/connector';
import type { AvailableManifest } from '@/server/connectors/kit/manifest';
import type { Capability, MediaLimits, PublishInput } from '@/server/connectors/kit/types';
import { remoteId, wire } from '@/server/connectors/kit/wire';
import { manifests } from '@/server/connectors/manifests';
import { plain } from '@/tests/support/plain';
import { type SYNTHETIC, SYNTHETIC_CHARACTERS } from './targets';

const createdPost = wire({ id: remoteId });
const postList = wire({
  posts: z.array(wire({ id: remoteId, text: z.string(), replyTo: z.string().nullable() })),
});

const manifest = <const C extends readonly Capability[]>(
  id: (typeof SYNTHETIC)[number],
  capabilities: C,
  more: Pick<Partial<AvailableManifest>, 'publishKey'> & { media?: MediaLimits } = {},
): AvailableManifest & { readonly capabilities: C } => ({
  ...(more.publishKey ? { publishKey: more.publishKey } : {}),
  id: id as string as PlatformId,
  name: `Chaos ${id}`,
  order: 0,
  tier: 'free',
  accountNoun: 'account',
  summary: plain('A platform of the chaos run.'),
  kind: 'api',
  api: { live: 'https://chaos.invalid', sandbox: `/chaos/${id}` },
  web: { live: 'https://chaos.invalid', sandbox: `/chaos/${id}` },
  credential: 'bearer',
  auth: {
    kind: 'oauth2',
    authorize: { live: 'https://chaos.invalid', sandbox: '/none' },
    token: { live: 'https://chaos.invalid', sandbox: '/none' },
    pkce: 'none',
    ending: 'by_hand',
    appsPage: { address: { live: 'https://chaos.invalid', sandbox: '/none' }, where: plain('nowhere') },
    client: 'basic',
    refresh: 'none',
    scopeSeparator: ' ',
    accountScopes: [],
    scopes: {},
    accessLifetime: null,
    refreshLifetime: null,
  },
  post: {
    characters: SYNTHETIC_CHARACTERS,
    text: { rules: 'general', link: 'field' },
    thread: { parts: 4 },
    ...(more.media ? { media: more.media } : {}),
  },
  docs: [],
  capabilities,
});

const hooks = { identify: async () => [] };

async function publish(io: ConnectorIo, input: PublishInput, headers: Record<string, string> = {}) {
  const { body } = await io.request(
    {
      operation: 'publish',
      method: 'POST',
      path: '/posts',
      json: {
        text: input.text,
        replyTo: input.replyTo ?? null,
        media: (input.media ?? []).map((one) => ('url' in one ? { url: one.url, alt: one.alt } : null)),
      },
      effect: 'effect',
      headers,
    },
    createdPost,
  );
  return { remoteId: body.id, permalink: `${io.web}/posts/${body.id}` };
}

/** It fetches pictures from their addresses, because none of the real platforms does so. */
const fetched: MediaLimits = {
  way: 'by_address',
  pictures: { most: 4, bytes: 1_000_000, mimes: ['image/png', 'image/jpeg'] },
  gif: null,
  video: null,
  alt: { characters: 100, kinds: ['picture'] },
};

const keyed = defineConnector(
  manifest('keyed', ['publish'], { publishKey: { seconds: 3_600 }, media: fetched }),
  {
    hooks,
    functions: {
      publish: (io, input) => publish(io, input, { 'idempotency-key': input.idempotencyKey }),
    },
  },
);

const lookup = defineConnector(manifest('lookup', ['publish', 'lookup']), {
  hooks,
  functions: {
    publish: (io, input) => publish(io, input),
    async lookup(io, input) {
      const { body } = await io.request(
        {
          operation: 'posts',
          method: 'GET',
          path: '/posts',
          query: { since: input.since.getTime() },
          effect: 'read',
        },
        postList,
      );
      const post = body.posts.find(
        (p) =>
          p.text === input.text && p.replyTo === (input.replyTo ?? null) && !input.exclude.includes(p.id),
      );
      return post
        ? { found: 'yes', post: { remoteId: post.id, permalink: `${io.web}/posts/${post.id}` } }
        : { found: 'absent' };
    },
  },
});

const neither = defineConnector(manifest('neither', ['publish']), {
  hooks,
  functions: { publish: (io, input) => publish(io, input) },
});

/** Registers the three platforms of the chaos run alongside the real ones, in this process only. */
export function registerChaosPlatforms(): void {
  for (const [id, connector] of Object.entries({ keyed, lookup, neither })) {
    (PLATFORM_IDS as unknown as string[]).push(id);
    for (const known of [faces, manifests])
      (known as unknown as Record<string, unknown>)[id] = connector.manifest;
    (connectors as unknown as Record<string, unknown>)[id] = async () => connector;
  }
}
