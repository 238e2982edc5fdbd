import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { getDb } from '@/db/client';
import { env } from '@/server/foundation/env';

/** Removes and returns the recorded problems, so that this file does not fail because of them. */
const noted = () => (globalThis as { __testOpened?: string[] }).__testOpened?.splice(0);

it('gives each test file its own data folder', () => {
  expect(env().dataDir).not.toBe(path.resolve('.data'));
});

it('refuses access to the data folder of the checkout, and records it for the end of the file', async () => {
  expect(() => mkdirSync('.data', { recursive: true })).toThrow("the checkout's own");
  expect(() => writeFileSync(path.resolve('.data/secrets.json'), '')).toThrow("the checkout's own");
  await expect(async () => readFile('.data/secrets.json')).rejects.toThrow("the checkout's own");
  expect(noted()).toHaveLength(3);
});

it("refuses the process's own database, because a test must be given one", async () => {
  await expect(getDb()).rejects.toThrow('setDb');
  expect(noted()?.length).toBeGreaterThan(0);
});
