// Test files of one kind share a process (vitest.config.ts). At the end of each file, everything that it changed outside its own variables
// is restored, so that the next one starts from the same state.
import { afterAll, vi } from 'vitest';
import { resetEnv } from '@/server/foundation/env';
import { installFaultHook } from '@/server/foundation/fault-points';
import { resetSecrets } from '@/server/foundation/secrets';

const env = { ...process.env };
const ours = (name: PropertyKey) => typeof name === 'string' && name.startsWith('__tributary');
const globals = new Set(Reflect.ownKeys(globalThis).filter(ours));

// Hooks run in reverse order, so this one runs after those of the file.
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
