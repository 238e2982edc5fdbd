import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { EnvError, envSchema, parseEnv } from '@/server/foundation/env';

const documented = readFileSync('.env.example', 'utf8')
  .split('\n')
  .flatMap((line) => /^([A-Z0-9_]+)=/.exec(line)?.[1] ?? []);

test('every setting, and nothing else, is documented in .env.example', () => {
  expect([...documented].sort()).toEqual(Object.keys(envSchema.shape).sort());
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
