// Test files of one kind share a process (vitest.config.ts). What a file changes outside its own variables is taken back at its end, so
// that the next one begins as the first did.
import { afterAll, vi } from 'vitest';
import { resetEnv } from '@/server/foundation/env';
import { installFaultHook } from '@/server/foundation/fault-points';
import { resetSecrets } from '@/server/foundation/secrets';

const env = { ...process.env };
const ours = (name: PropertyKey) => typeof name === 'string' && name.startsWith('__tributary');
const globals = new Set(Reflect.ownKeys(globalThis).filter(ours));

// Hooks run last in, first out: this one comes after those of the file.
afterAll(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
  for (const name of Reflect.ownKeys(globalThis).filter(ours))
    if (!globals.has(name)) Reflect.deleteProperty(globalThis, name);
  installFaultHook(undefined);
  resetEnv();
  resetSecrets();
});
