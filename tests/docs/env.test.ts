import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { needsClient } from '@/server/connectors/host/clients';
import type { Manifest } from '@/server/connectors/kit/manifest';
import { manifests } from '@/server/connectors/manifests';
import { clientNames, EnvError, envSchema, parseEnv } from '@/server/foundation/env';
import { PLATFORM_SETTINGS } from '@/server/foundation/platform-settings';

const example = readFileSync('.env.example', 'utf8');
const documented = example.split('\n').flatMap((line) => /^([A-Z0-9_]+)=/.exec(line)?.[1] ?? []);

/** The settings of clients, by whether the platform needs one. */
const clientsOf = (needed: boolean): string[] =>
  Object.values(manifests)
    .filter((m: Manifest) => (m.kind === 'api' && needsClient(m)) === needed)
    .flatMap(({ id }) => Object.values(clientNames(id)));

test('every setting, and nothing else, is documented in .env.example', () => {
  const unused = clientsOf(false);
  expect([...documented].sort()).toEqual(
    Object.keys(envSchema.shape)
      .filter((name) => !unused.includes(name))
      .sort(),
  );
});

test('the settings of a platform are named after its id', () => {
  expect(clientNames('google-business')).toEqual({
    id: 'GOOGLE_BUSINESS_CLIENT_ID',
    secret: 'GOOGLE_BUSINESS_CLIENT_SECRET',
  });
  expect(clientsOf(true)).toContain('FACEBOOK_CLIENT_SECRET');
});

test('.env.example says where to get the settings of each platform', () => {
  for (const { id, name, setUp } of Object.values<Manifest>(manifests)) {
    if (!setUp) {
      expect(PLATFORM_SETTINGS).not.toHaveProperty(id);
      continue;
    }
    const { id: client, secret } = clientNames(id);
    expect(PLATFORM_SETTINGS).toHaveProperty(id, [client, secret]);
    expect(example).toContain([`# ${name}: ${setUp.page}`, `${client}=`, `${secret}=`].join('\n'));
  }
});

test('.env.example is valid as it is', () => {
  expect(() => parseEnv(Object.fromEntries(documented.map((name) => [name, ''])))).not.toThrow();
});

test('an invalid setting is reported by name, without its value', () => {
  const wrong = {
    PORT: 'seventy',
    DATABASE_URL: 'mysql://root:hunter2@db',
    X_CLIENT_ID: 'only-half',
    STRIPE_SECRET_KEY: 'sk_live_hunter2',
  };
  try {
    parseEnv(wrong);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(EnvError);
    const text = (error as EnvError).message;
    for (const name of ['PORT', 'DATABASE_URL']) expect(text).toContain(name);
    expect(text).not.toContain('hunter2');
  }
  expect(() => parseEnv({ X_CLIENT_ID: 'only-half' })).toThrow(/X_CLIENT_SECRET/);
  expect(() => parseEnv({ STRIPE_SECRET_KEY: 'sk_live_hunter2' })).toThrow(/STRIPE_WEBHOOK_SECRET/);
});
