import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { INNGEST_LIMITS } from '@/inngest/limits';
import { MAX_FILE_BYTES, MAX_MEDIA_BYTES } from '@/server/domains/files/limits';
import { carriesCredential, DEFAULT_LIMIT, INNGEST_CALL_BYTES, LARGE_BODIES, largeBodyFor } from './limits';

const MIB = 1024 * 1024;
const routes = readdirSync('app', { recursive: true, encoding: 'utf8' })
  .filter((file) => /(^|\/)route\.tsx?$/.test(file))
  .map((file) => `/${file.replace(/\/route\.tsx?$/, '')}`);
/** One path for each entry of the table. */
const SAMPLES: readonly string[] = [
  '/api/files',
  '/api/media',
  '/sandbox/x/2/media/upload/123/append',
  '/sandbox/facebook/v25.0/me/photos',
  '/sandbox/facebook/graph-video/v25.0/12/videos',
  '/sandbox/etsy/v3/application/shops/1/listings/2/images',
  '/sandbox/etsy/v3/application/shops/1/listings/2/files',
  '/api/inngest',
];

test('each route with a larger limit exists, requires a credential and has a time limit', () => {
  for (const large of LARGE_BODIES) {
    expect(routes).toContain(large.route);
    expect(large.bytes).toBeGreaterThan(DEFAULT_LIMIT.bytes);
    expect(large.seconds).toBeLessThanOrEqual(30 * 60);
    expect(large.idleSeconds).toBeLessThanOrEqual(60);
    expect(['session', 'bearer', 'signature']).toContain(large.credential);
    // A credential that covers the complete body cannot be checked before all of it has arrived, so the body must be buffered.
    expect(large.kept ?? false).toBe(large.credential === 'signature');
    expect(SAMPLES.some((path) => large.path.test(path))).toBe(true);
  }
  for (const path of SAMPLES) expect(largeBodyFor('POST', path), path).not.toBeNull();
});

test('the limits of uploads are large enough for what their domains accept', () => {
  expect(largeBodyFor('POST', '/api/files')?.bytes).toBeGreaterThan(MAX_FILE_BYTES + 16 * 1024);
  expect(largeBodyFor('POST', '/api/media')?.bytes).toBeGreaterThan(MAX_MEDIA_BYTES);
});

test('the limit for calls of an Inngest server fits its largest call', () => {
  expect(INNGEST_CALL_BYTES).toBeGreaterThan(INNGEST_LIMITS.callBody);
});

test('everything else is limited to one mebibyte', () => {
  expect(DEFAULT_LIMIT).toEqual({ bytes: MIB, seconds: 60, idleSeconds: 15 });
  const others = ['/', '/home', '/api/auth/callback/credentials', '/api/webhooks/stripe'];
  for (const path of [
    ...others,
    ...SAMPLES.map((sample) => `${sample}/`),
    ...SAMPLES.map((sample) => `/x${sample}`),
  ])
    expect(largeBodyFor('POST', path), path).toBeNull();
  expect(largeBodyFor('PUT', '/api/inngest')).toBeNull();
  expect(largeBodyFor('GET', '/api/files')).toBeNull();
  expect(largeBodyFor('PUT', '/api/media')).toBeNull();
});

test.each([
  ['session', { cookie: 'a=b; authjs.session-token=x' }, true],
  ['session', { cookie: '__Secure-authjs.session-token.0=x' }, true],
  ['session', { cookie: 'authjs.session-token=' }, false],
  ['session', { cookie: 'not-authjs.session-token=x' }, false],
  ['session', { authorization: 'Bearer x' }, false],
  ['session', {}, false],
  ['bearer', { authorization: 'Bearer x' }, true],
  ['bearer', { authorization: 'Basic x' }, false],
  ['bearer', { authorization: 'Bearer ' }, false],
  ['bearer', { cookie: 'authjs.session-token=x' }, false],
  ['signature', { 'x-inngest-signature': `t=1700000000&s=${'0a'.repeat(32)}` }, true],
  ['signature', { 'x-inngest-signature': 't=1&s=00' }, false],
  ['signature', { authorization: 'Bearer x' }, false],
] as const)('%s credential in %j: %s', (kind, headers, carried) =>
  expect(carriesCredential(headers, kind)).toBe(carried),
);
