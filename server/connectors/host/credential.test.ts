import { afterEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { log } from '@/server/foundation/log';
import { plain } from '@/tests/support/plain';
import type { Connector } from '../kit/connector';
import type { AvailableManifest, CredentialPlace } from '../kit/manifest';
import { isConnectorFault } from '../kit/types';
import { x } from '../x';
import { runRequest } from './request';
import { handlerTransport, type Transport, type WireRequest } from './transport';

const SECRET = '4711:AAF-secret/of+the=bot';
const manifest = (credential: CredentialPlace): AvailableManifest => ({
  ...x.manifest,
  credential,
  auth: {
    kind: 'fields',
    fields: [{ id: 'key', label: plain('Key'), help: plain(''), kind: 'secret', maxLength: 100 }],
    ending: 'by_hand',
    appsPage: x.manifest.auth.appsPage,
  },
  capabilities: [],
});
const connector = (credential: CredentialPlace): Connector => ({
  manifest: manifest(credential),
  hooks: {
    identify: async () => [],
    // Shows all that the platform says.
    readFault: (_status, body, _effect, phrases) => ({
      kind: 'rejected',
      fact: plain(`${JSON.stringify(body)} ${phrases.join(' ')}`),
    }),
    sign: ({ method, body }, { accessToken }, now) => ({
      'x-signature': `${method} ${String(body)} ${accessToken.length} ${now.getTime()}`,
    }),
  },
  functions: {},
});

const NOW = new Date('2026-03-02T10:00:00Z');
async function ask(credential: CredentialPlace, transport: Transport, accessToken = SECRET) {
  return runRequest(
    {
      connector: connector(credential),
      base: credential === 'in_address' ? 'https://api.test/bot{token}' : 'https://api.test',
      secrets: { accessToken, refreshToken: null },
      headers: {},
      transport,
      now: () => NOW,
      connectionId: 'con_1',
      onLimits: async () => {},
    },
    { operation: 'getMe', method: 'POST', path: '/getMe', json: { a: 1 }, effect: 'read' },
    z.object({ ok: z.literal(true) }),
  );
}
async function sent(credential: CredentialPlace, accessToken = SECRET): Promise<WireRequest> {
  const seen: WireRequest[] = [];
  await ask(
    credential,
    async (wire) => {
      seen.push(wire);
      return { status: 200, headers: {}, body: '{"ok":true}' };
    },
    accessToken,
  );
  return seen[0] as WireRequest;
}

test('sends the credential where the manifest says', async () => {
  expect((await sent('bearer')).headers).toMatchObject({ authorization: `Bearer ${SECRET}` });
  expect((await sent('basic', 'mira:pass word')).headers).toMatchObject({
    authorization: `Basic ${Buffer.from('mira:pass word').toString('base64')}`,
  });
  const header = await sent({ header: 'x-api-key' });
  expect(header.headers).toMatchObject({ 'x-api-key': SECRET });
  expect(header.headers).not.toHaveProperty('authorization');
  const inAddress = await sent('in_address');
  expect(inAddress.url).toBe('https://api.test/bot4711:AAF-secret%2Fof%2Bthe%3Dbot/getMe');
  expect(inAddress.headers).not.toHaveProperty('authorization');
  expect((await sent('signed')).headers).toMatchObject({
    'x-signature': `POST {"a":1} ${SECRET.length} ${NOW.getTime()}`,
  });
});

afterEach(() => vi.restoreAllMocks());

/** Everything that a fault and the log say, with all causes. */
async function told(credential: CredentialPlace, transport: Transport): Promise<string> {
  const lines: unknown[] = [];
  for (const level of ['debug', 'warn', 'error'] as const)
    vi.spyOn(log(), level).mockImplementation((...parts: unknown[]) => void lines.push(parts));
  const fault = await ask(credential, transport).catch((error: unknown) => error);
  expect(isConnectorFault(fault)).toBe(true);
  const parts = [JSON.stringify(lines)];
  if (isConnectorFault(fault)) parts.push(JSON.stringify(fault.fact), JSON.stringify(fault.options));
  for (let at: unknown = fault; at instanceof Error; at = at.cause)
    parts.push(at.message, at.stack ?? '', JSON.stringify(at), JSON.stringify(Object.entries(at)));
  return parts.join('\n');
}
const FORMS = [
  SECRET,
  encodeURIComponent(SECRET),
  'AAF-secret',
  Buffer.from(SECRET).toString('base64'),
  JSON.stringify(SECRET).slice(1, -1),
];

test.each<[string, Transport]>([
  [
    'an error of the network that names the address',
    (wire) => Promise.reject(Object.assign(new Error(`connect ${wire.url}`), { code: 'ECONNREFUSED' })),
  ],
  [
    'an error whose cause names the address',
    (wire) => Promise.reject(new Error('failed', { cause: new Error(`at ${wire.url}`) })),
  ],
  [
    'an address that cannot be read',
    (wire) => handlerTransport(async () => new Response())({ ...wire, url: `bad ${wire.url}` }),
  ],
  [
    'a refusal that repeats the credential',
    async () => ({
      status: 400,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ error: 'invalid_key', error_description: `The key ${SECRET} is not valid.` }),
    }),
  ],
  [
    'a refusal that repeats the address',
    async (wire) => ({
      status: 404,
      headers: {},
      body: JSON.stringify({ detail: `No route for ${wire.url}`, description: wire.headers.authorization }),
    }),
  ],
  ['an odd response', async (wire) => ({ status: 200, headers: {}, body: JSON.stringify({ at: wire.url }) })],
])('%s puts no credential into a fault or the log', async (_name, transport) => {
  for (const credential of ['in_address', 'bearer', 'basic'] as const) {
    const text = await told(credential, transport);
    for (const form of FORMS) expect(text).not.toContain(form);
  }
});
