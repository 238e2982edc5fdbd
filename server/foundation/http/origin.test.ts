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
  ['a client that is not a browser', {}],
  ['our own page', { origin: APP, site: 'same-origin' }],
  ['our own page, in an older browser', { origin: APP }],
  ['an address that the user typed', { site: 'none' }],
  ['our own page, without a referrer', { origin: 'null', site: 'same-origin' }],
  ['the address of this installation, behind a proxy that changes Host', { origin: APP, host: 'app:3000' }],
  ['the requested host', { origin: 'http://192.168.1.5:3000', host: '192.168.1.5:3000' }],
  [
    'the host requested from a trusted proxy',
    { origin: 'https://other.example', host: 'app:3000', forwardedHost: 'other.example' },
  ],
])('accepted as our own: %s', (_, o) => expect(isCrossOrigin(from(o), APP)).toBe(false));

test.each([
  ['another site', { origin: 'https://evil.example', site: 'cross-site' }],
  ['another site, in an older browser', { origin: 'https://evil.example' }],
  [
    'another site that the browser reports as same-origin',
    { origin: 'https://evil.example', site: 'same-origin' },
  ],
  ['another subdomain of the same domain', { origin: 'https://blog.example.com', site: 'same-site' }],
  ['another site without an origin', { site: 'cross-site' }],
  ['an opaque origin', { origin: 'null' }],
  ['an opaque origin of another site', { origin: 'null', site: 'cross-site' }],
  ['an invalid origin', { origin: 'app.example.com' }],
  ['another port', { origin: 'https://app.example.com:8443' }],
  ['a host name that continues ours', { origin: 'https://app.example.com.evil.example' }],
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
