import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { seal, signLink, unseal, verifyLink } from './crypto';
import { resetEnv } from './env';
import { resetSecrets, secrets } from './secrets';

let folder: string;
function restart(settings: Record<string, string> = {}) {
  for (const name of ['ENCRYPTION_KEYS', 'LINK_SIGNING_SECRET']) delete process.env[name];
  Object.assign(process.env, settings);
  resetEnv();
  resetSecrets();
}
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tributary-secrets-'));
  restart({ TRIBUTARY_DATA_DIR: folder });
});
afterEach(() => {
  restart();
  delete process.env.TRIBUTARY_DATA_DIR;
  resetEnv();
  rmSync(folder, { recursive: true, force: true });
});

test('secrets are generated once, stored, and readable by the owner only', () => {
  const first = secrets();
  resetSecrets();
  expect(secrets()).toEqual(first);
  expect(statSync(path.join(folder, 'secrets.json')).mode & 0o777).toBe(0o600);
});

test('a sealed value opens in the same context only, and never after it was changed', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(), fc.constantFrom(...'AQgwZz09-_.=! '), (text, at, other) => {
      const sealed = seal(text, 'connection:a');
      expect(unseal(sealed, 'connection:a')).toBe(text);
      expect(() => unseal(sealed, 'connection:b')).toThrow();
      const changed = `${sealed.slice(0, at % sealed.length)}${other}${sealed.slice((at % sealed.length) + 1)}`;
      if (changed !== sealed) expect(() => unseal(changed, 'connection:a')).toThrow();
      expect(() => unseal(`${sealed}${other}`, 'connection:a')).toThrow();
    }),
    { numRuns: 300 },
  );
});

test('the newest key seals, and older keys still open', () => {
  const key = (id: string) => `${id}:${Buffer.alloc(32, id).toString('base64')}`;
  restart({ TRIBUTARY_DATA_DIR: folder, ENCRYPTION_KEYS: key('old') });
  const before = seal('token', 'c');
  restart({ TRIBUTARY_DATA_DIR: folder, ENCRYPTION_KEYS: `${key('new')},${key('old')}` });
  expect(unseal(before, 'c')).toBe('token');
  expect(seal('token', 'c').split('.')[1]).toBe('new');
  restart({ TRIBUTARY_DATA_DIR: folder, ENCRYPTION_KEYS: key('new') });
  expect(() => unseal(before, 'c')).toThrow(/"old"/);
});

test('a link is valid for its purpose until it expires, and a forged one never is', () => {
  const expires = new Date('2026-06-01T12:00:00Z');
  const token = signLink('approval', { id: 'apr_1' }, expires);
  expect(verifyLink('approval', token, new Date('2026-06-01T11:59:59Z'))).toEqual({ id: 'apr_1' });
  expect(verifyLink('approval', token, expires)).toBeNull();
  expect(verifyLink('reset', token, new Date(0))).toBeNull();
  for (const bad of ['', '.', 'a.b', `${token}x`, `${token}.x`, token.replace('.', 'A.')])
    expect(verifyLink('approval', bad, new Date(0))).toBeNull();
  expect(readFileSync(path.join(folder, 'secrets.json'), 'utf8')).not.toContain(token);
});
