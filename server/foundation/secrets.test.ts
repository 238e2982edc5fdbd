import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { NEW_SECRETS, resetEnv } from './env';
import { resetSecrets, secrets } from './secrets';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tributary-secrets-'));
  file = path.join(folder, 'secrets.json');
  restart();
});
afterEach(() => {
  vi.unstubAllEnvs();
  resetEnv();
  resetSecrets();
  rmSync(folder, { recursive: true, force: true });
});

function restart(settings: Record<string, string> = {}) {
  vi.unstubAllEnvs();
  for (const [name, value] of Object.entries({ TRIBUTARY_DATA_DIR: folder, ...settings }))
    vi.stubEnv(name, value);
  resetEnv();
  resetSecrets();
}
function makeDatabase() {
  mkdirSync(path.join(folder, 'pglite'));
  writeFileSync(path.join(folder, 'pglite', 'PG_VERSION'), '18');
}
const OWN = {
  AUTH_SECRET: 'a'.repeat(40),
  ENCRYPTION_KEYS: `k9:${Buffer.alloc(32, 9).toString('base64')}`,
  LINK_SIGNING_SECRET: 'l'.repeat(40),
};

test('a database without its secrets does not get new ones: the error says what to do, and nothing is written', () => {
  makeDatabase();
  for (const words of [/secrets\.json: is missing/, /backup/, /TRIBUTARY_NEW_SECRETS/, /ENCRYPTION_KEYS/])
    expect(() => secrets()).toThrow(words);
  expect(readdirSync(folder)).toEqual(['pglite']);
});

test('a database gets new secrets when the operator confirms the loss, or when the settings contain them', () => {
  makeDatabase();
  restart(OWN);
  expect(secrets().authSecret).toBe(OWN.AUTH_SECRET);
  rmSync(file);
  restart({ TRIBUTARY_NEW_SECRETS: NEW_SECRETS });
  expect(secrets().encryptionKeys).toMatch(/^k1:/);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test.each(['', '{', '{}', 'null', '{"authSecret":"short"}', '\0'.repeat(300)])(
  'a damaged file (%j) is not replaced without confirmation, and then kept beside the new one',
  (text) => {
    const before = secrets();
    writeFileSync(file, text);
    restart();
    expect(() => secrets()).toThrow(/secrets\.json: is damaged[\s\S]*backup/);
    expect(readFileSync(file, 'utf8')).toBe(text);
    restart({ TRIBUTARY_NEW_SECRETS: NEW_SECRETS });
    const now = secrets();
    expect(now.encryptionKeys).not.toBe(before.encryptionKeys);
    const old = readdirSync(folder).find((name) => name.startsWith('secrets.json.damaged-'));
    expect(readFileSync(path.join(folder, String(old)), 'utf8')).toBe(text);
    restart();
    expect(secrets()).toEqual(now);
  },
);

test('a file that was truncated anywhere is reported as damaged', () => {
  secrets();
  const whole = readFileSync(file, 'utf8');
  for (let at = 0; at < whole.length; at += 37) {
    writeFileSync(file, whole.slice(0, at));
    restart();
    expect(() => secrets()).toThrow(/is damaged/);
  }
});
