import { z } from 'zod';
import type { PlatformId } from '@/server/connectors/generated/ids';
import { type ConnectorIo, defineConnector } from '@/server/connectors/kit/connector';
import type { AvailableManifest, SignInField } from '@/server/connectors/kit/manifest';
import { ConnectorFault } from '@/server/connectors/kit/types';
import { plain } from '@/tests/support/plain';

/** Platforms that exist only in tests, one for each way of signing in. */

const field = (id: string, kind: SignInField['kind'], more: Partial<SignInField> = {}): SignInField => ({
  id,
  label: plain(`The ${id}`),
  help: plain(`Copy the ${id}.`),
  kind,
  maxLength: 60,
  ...more,
});
const page = (id: string, live: string) => ({
  address: { live, sandbox: `/${id}/settings` },
  where: plain(`${id} settings`),
});
const base = <const I extends string, const M extends Partial<AvailableManifest>>(id: I, more: M) => ({
  id: id as string as PlatformId,
  name: id[0]?.toUpperCase() + id.slice(1),
  order: 900,
  tier: 'free' as const,
  accountNoun: 'channel' as const,
  summary: plain('A platform of a test.'),
  kind: 'api' as const,
  capabilities: ['remove'] as const,
  web: { live: `https://${id}.test`, sandbox: `/${id}` },
  docs: [],
  ...more,
});

/** What every stand-in answers about the account. */
const account = z.object({ id: z.string(), name: z.string() });
const identify = async (io: ConnectorIo) => {
  const { body } = await io.request({ operation: 'me', method: 'GET', path: '/me', effect: 'read' }, account);
  return [{ remoteId: body.id, name: body.name, url: null, remote: {} }];
};
/** Reads the one format in which the stand-ins refuse. */
const readFault = (_status: number, body: unknown) =>
  z.object({ refused: z.string() }).safeParse(body).success
    ? { kind: 'reauth' as const, fact: plain('Refused.') }
    : null;
const remove = async (io: ConnectorIo, { remoteId }: { remoteId: string }) => {
  await io.request(
    { operation: 'remove', method: 'DELETE', path: `/posts/${remoteId}`, effect: 'idempotent' },
    z.unknown(),
  );
  return { removed: true };
};

/** A key in the address, with the name of a channel beside it. */
export const keyed = defineConnector(
  base('keyed', {
    credential: 'in_address',
    api: { live: 'https://api.keyed.test/bot{token}', sandbox: '/keyed/bot{token}' },
    auth: {
      kind: 'fields',
      fields: [
        field('key', 'secret', { pattern: /\d+:[\w-]{10,}/, example: '4711:AAF-…' }),
        field('channel', 'text'),
      ],
      ending: 'by_hand',
      appsPage: page('keyed', 'https://keyed.test/settings'),
    },
  }),
  {
    hooks: {
      readFault,
      async identify(io, given) {
        const [one] = await identify(io);
        if (!one) throw new ConnectorFault('rejected', plain('Nothing.'), { vendorCode: 'no_account' });
        return [{ ...one, remote: { channel: given.channel ?? '' } }];
      },
    },
    functions: { remove },
  },
);

const issued = z.object({ access: z.string(), refresh: z.string() });
const session = async (io: ConnectorIo, path: string, json: object, headers: Record<string, string> = {}) => {
  const { body } = await io.request(
    { operation: 'session', method: 'POST', path, json, headers, effect: 'idempotent' },
    issued,
  );
  return {
    accessToken: body.access,
    refreshToken: body.refresh,
    accessExpiresAt: new Date(io.now().getTime() + 3_600_000),
    refreshExpiresAt: null,
  };
};
/** A name and a password that open a session on the user's own server. */
export const visited = defineConnector(
  base('visited', {
    credential: 'bearer',
    api: { live: '/api', sandbox: '/visited/api' },
    web: { live: '/', sandbox: '/visited' },
    server: { label: plain('Your server'), help: plain('Where your account is.'), example: 'one.test' },
    auth: {
      kind: 'fields',
      fields: [field('name', 'text'), field('password', 'secret')],
      session: true,
      ending: 'by_hand',
      appsPage: page('visited', '/settings'),
    },
  }),
  {
    hooks: {
      readFault,
      identify,
      open: (io, values) => session(io, '/open', values),
      renew: (io, { refreshToken }) => session(io, '/renew', {}, { authorization: `Bearer ${refreshToken}` }),
    },
    functions: { remove },
  },
);

const registration = z.object({ client_id: z.string(), client_secret: z.string() });
/** OAuth at any server, which registers this installation first. */
export const scattered = defineConnector(
  base('scattered', {
    credential: 'bearer',
    api: { live: '/api', sandbox: '/scattered/api' },
    web: { live: '/', sandbox: '/scattered' },
    server: { label: plain('Your server'), help: plain('Where your account is.'), example: 'one.test' },
    auth: {
      kind: 'oauth2',
      registration: 'per_server',
      authorize: { live: '/oauth/authorize', sandbox: '/scattered/oauth/authorize' },
      token: { live: '/oauth/token', sandbox: '/scattered/oauth/token' },
      revoke: { live: '/oauth/revoke', sandbox: '/scattered/oauth/revoke' },
      ending: 'token',
      appsPage: page('scattered', '/settings'),
      pkce: 'S256',
      client: 'body',
      refresh: 'none',
      scopeSeparator: ' ',
      accountScopes: ['read'],
      scopes: { remove: ['write'] },
      accessLifetime: null,
      refreshLifetime: null,
    },
  }),
  {
    hooks: {
      readFault,
      identify,
      async register(io, { redirectUri, scopes }) {
        const { body } = await io.request(
          {
            operation: 'register',
            method: 'POST',
            path: '/apps',
            json: { redirect_uris: redirectUri, scopes: scopes.join(' ') },
            effect: 'idempotent',
          },
          registration,
        );
        return { clientId: body.client_id, clientSecret: body.client_secret };
      },
    },
    functions: { remove },
  },
);

/** Work that people do by hand: no sign-in, only the name of the account. */
export const byHand = defineConnector(
  base('byhand', {
    credential: 'bearer',
    api: { live: 'https://byhand.test', sandbox: '/byhand' },
    auth: { kind: 'none', by: 'manual', fields: [{ ...field('shop', 'text'), kind: 'text' }] },
  }),
  {
    hooks: {
      identify: async (_io, given) => [
        { remoteId: given.shop ?? '', name: given.shop ?? '', url: null, remote: {} },
      ],
    },
    functions: { remove },
  },
);

export const TEST_PLATFORMS = { keyed, visited, scattered, byhand: byHand };
/** The same, as the registry loads them. */
export const TEST_CONNECTORS = Object.fromEntries(
  Object.entries(TEST_PLATFORMS).map(([id, connector]) => [id, async () => connector]),
);
/** Their faces and manifests, which have the same fields here. */
export const TEST_MANIFESTS = Object.fromEntries(
  Object.entries(TEST_PLATFORMS).map(([id, { manifest }]) => [id, manifest]),
);
