import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Manifest } from '@/server/connectors/kit/manifest';
import { manifests } from '@/server/connectors/manifests';
import { EnvError, envSchema, parseEnv } from '@/server/foundation/env';
import { PLATFORM_SETTINGS } from '@/server/foundation/platform-settings';

const example = readFileSync('.env.example', 'utf8');
const documented = example.split('\n').flatMap((line) => /^([A-Z0-9_]+)=/.exec(line)?.[1] ?? []);

test('every setting, and nothing else, is documented in .env.example', () => {
  expect([...documented].sort()).toEqual(Object.keys(envSchema.shape).sort());
});

test('.env.example says where to get the settings of each platform', () => {
  for (const { id, name, setUp } of Object.values<Manifest>(manifests)) {
    if (!setUp) {
      expect(PLATFORM_SETTINGS).not.toHaveProperty(id);
      continue;
    }
    expect(PLATFORM_SETTINGS).toHaveProperty(id, setUp.settings);
    expect(example).toContain(
      [`# ${name}: ${setUp.page}`, ...setUp.settings.map((setting) => `${setting}=`)].join('\n'),
    );
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
