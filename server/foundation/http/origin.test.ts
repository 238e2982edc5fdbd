import { expect, test } from 'vitest';
import { isCrossOrigin, isRefusedOrigin } from './origin';

const APP = 'https://app.example.com';
const from = (o: { origin?: string; site?: string; host?: string; forwardedHost?: string }) => ({
  origin: o.origin,
  site: o.site,
  host: o.host ?? 'app.example.com',
  forwardedHost: o.forwardedHost,
});

test.each([
  ['no browser', {}],
  ['our own page', { origin: APP, site: 'same-origin' }],
  ['our own page, in an older browser', { origin: APP }],
  ['what a person typed', { site: 'none' }],
  ['a page of ours that sends no referrer', { origin: 'null', site: 'same-origin' }],
  ['the address of this installation, behind a proxy that changes Host', { origin: APP, host: 'app:3000' }],
  ['the host that was asked for', { origin: 'http://192.168.1.5:3000', host: '192.168.1.5:3000' }],
  [
    'the host that a trusted proxy was asked for',
    { origin: 'https://other.example', host: 'app:3000', forwardedHost: 'other.example' },
  ],
])('accepted as our own: %s', (_, o) => expect(isCrossOrigin(from(o), APP)).toBe(false));

test.each([
  ['another site', { origin: 'https://evil.example', site: 'cross-site' }],
  ['another site, in an older browser', { origin: 'https://evil.example' }],
  ['another site that a browser names ours', { origin: 'https://evil.example', site: 'same-origin' }],
  ['a neighbour under the same domain', { origin: 'https://blog.example.com', site: 'same-site' }],
  ['another site without an origin', { site: 'cross-site' }],
  ['a hidden origin', { origin: 'null' }],
  ['a hidden origin of another site', { origin: 'null', site: 'cross-site' }],
  ['an origin that is none', { origin: 'app.example.com' }],
  ['another port', { origin: 'https://app.example.com:8443' }],
  ['a longer name', { origin: 'https://app.example.com.evil.example' }],
])('rejected as foreign: %s', (_, o) => expect(isCrossOrigin(from(o), APP)).toBe(true));

const evil = { origin: 'https://evil.example', site: 'cross-site', host: 'app.example.com' };
test.each([
  ['POST', '/home', true],
  ['POST', '/sign-in', true],
  ['PUT', '/api/trpc/posts.remove', true],
  ['DELETE', '/api/files', true],
  ['post', '/api/approvals/x', true],
  ['POST', '/api/inngest/other', true],
  ['POST', '/sandboxes', true],
  ['GET', '/home', false],
  ['HEAD', '/home', false],
  ['POST', '/api/webhooks/stripe', false],
  ['POST', '/api/inngest', false],
  ['POST', '/sandbox/x/2/tweets', false],
])('a foreign %s to %s is refused: %s', (method, path, refused) =>
  expect(isRefusedOrigin({ ...evil, method, path }, APP)).toBe(refused),
);
