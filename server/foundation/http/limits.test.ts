import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { INNGEST_LIMITS } from '@/inngest/limits';
import { MAX_FILE_BYTES, MAX_MEDIA_BYTES } from '@/server/domains/files/limits';
import { carriesCredential, DEFAULT_LIMIT, INNGEST_CALL_BYTES, LARGE_BODIES, largeBodyFor } from './limits';

const MIB = 1024 * 1024;
const routes = readdirSync('app', { recursive: true, encoding: 'utf8' })
  .filter((file) => /(^|\/)route\.tsx?$/.test(file))
  .map((file) => `/${file.replace(/\/route\.tsx?$/, '')}`);
/** One request for each entry of the table; those to the sandbox are beside the stand-ins' limits. */
const SAMPLES: readonly { readonly path: string; readonly method: string }[] = [
  ...[
    '/api/files',
    '/api/media',
    '/api/inngest',
    '/sandbox/etsy/v3/application/shops/1/listings/2/files',
  ].map((path) => ({ path, method: 'POST' })),
  ...readdirSync('server/sandbox', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('large-bodies.json'))
    .flatMap((file) => {
      const bodies = z
        .array(z.object({ sample: z.string(), method: z.string().default('POST') }))
        .parse(JSON.parse(readFileSync(`server/sandbox/${file}`, 'utf8')));
      return bodies.map(({ sample, method }) => ({
        path: `/sandbox/${path.dirname(file)}${sample}`,
        method,
      }));
    }),
];

test('each route with a larger limit exists, requires a credential and has a time limit', () => {
  for (const large of LARGE_BODIES) {
    expect(routes).toContain(large.route);
    expect(large.bytes).toBeGreaterThan(DEFAULT_LIMIT.bytes);
    expect(large.seconds).toBeLessThanOrEqual(30 * 60);
    expect(large.idleSeconds).toBeLessThanOrEqual(60);
    expect(['session', 'bearer', 'address', 'signature']).toContain(large.credential);
    // A credential that covers the complete body cannot be checked before all of it has arrived, so the body must be buffered.
    expect(large.kept ?? false).toBe(large.credential === 'signature');
    expect(SAMPLES.some(({ path }) => large.path.test(path))).toBe(true);
  }
  for (const { path, method } of SAMPLES) expect(largeBodyFor(method, path), path).not.toBeNull();
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
    ...SAMPLES.map((sample) => `${sample.path}/`),
    ...SAMPLES.map((sample) => `/x${sample.path}`),
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
