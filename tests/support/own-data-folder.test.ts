import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { getDb } from '@/db/client';
import { env } from '@/server/foundation/env';

/** Takes what was noted, so that this file does not fail for it. */
const noted = () => (globalThis as { __testOpened?: string[] }).__testOpened?.splice(0);

it('a test has a data folder of its own', () => {
  expect(env().dataDir).not.toBe(path.resolve('.data'));
});

it('refuses what opens the data folder of the checkout, and notes it for the end of the file', async () => {
  expect(() => mkdirSync('.data', { recursive: true })).toThrow("the checkout's own");
  expect(() => writeFileSync(path.resolve('.data/secrets.json'), '')).toThrow("the checkout's own");
  await expect(async () => readFile('.data/secrets.json')).rejects.toThrow("the checkout's own");
  expect(noted()).toHaveLength(3);
});

it("refuses the process's own database, which a test has to be given", async () => {
  await expect(getDb()).rejects.toThrow('setDb');
  expect(noted()?.length).toBeGreaterThan(0);
});
