import { afterEach, beforeEach, expect, it } from 'vitest';
import { resetEnv } from '@/server/foundation/env';
import { manifests } from '../manifests';
import { clientFor, environmentsFor, internalUrl, publicUrl } from './clients';

const before = { ...process.env };
beforeEach(() => {
  Object.assign(process.env, {
    TRIBUTARY_SANDBOX: '1',
    TRIBUTARY_SANDBOX_URL: 'http://127.0.0.1:9999/sandbox/',
    ETSY_CLIENT_ID: 'the-id',
    ETSY_CLIENT_SECRET: 'the-secret',
  });
  resetEnv();
});
afterEach(() => {
  process.env = { ...before };
  resetEnv();
});

it('names a client after the id of its platform', () => {
  expect(clientFor('etsy', 'live')).toEqual({ clientId: 'the-id', clientSecret: 'the-secret' });
  expect(clientFor('x', 'live')).toBeNull();
  expect(environmentsFor(manifests.etsy)).toEqual(['live', 'sandbox']);
  expect(environmentsFor(manifests.x)).toEqual(['sandbox']);
});

it('needs no client for a platform that has none', () => {
  const auth = { kind: 'none', by: 'manual' } as const;
  expect(environmentsFor({ id: 'x', auth })).toEqual(['live', 'sandbox']);
});

it('finds an address on the server that the user named, or below the host in the sandbox', () => {
  const api = { live: '/api', sandbox: '/many/api' };
  expect(internalUrl(api, 'live', 'https://one.test:8443')).toBe('https://one.test:8443/api');
  expect(publicUrl(api, 'sandbox', 'https://one.test:8443')).toBe(
    'http://127.0.0.1:9999/sandbox/many/one.test%3A8443/api',
  );
  const web = { live: '/', sandbox: '/many' };
  expect(publicUrl(web, 'live', 'https://one.test')).toBe('https://one.test');
  expect(publicUrl(web, 'sandbox', 'https://one.test')).toBe('http://127.0.0.1:9999/sandbox/many/one.test');
  expect(() => internalUrl(api, 'live', null)).toThrow('No server');
});

it('leaves an address of the platform’s own as it is', () => {
  const api = { live: 'https://api.test/x', sandbox: '/one/x' };
  expect(internalUrl(api, 'live', 'https://one.test')).toBe('https://api.test/x');
  expect(internalUrl(api, 'sandbox', null)).toBe('http://127.0.0.1:9999/sandbox/one/x');
});
