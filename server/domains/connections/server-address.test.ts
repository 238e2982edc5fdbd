import { expect, it } from 'vitest';
import type { AvailableManifest } from '@/server/connectors/kit/manifest';
import { plain } from '@/tests/support/plain';
import { readServer, serverOf } from './server-address';

it.each([
  ['one.test', 'https://one.test'],
  [' One.TEST. ', 'https://one.test'],
  ['https://one.test/@mira?x=1#y', 'https://one.test'],
  ['one.test:8443/web', 'https://one.test:8443'],
  ['https://one.test:443', 'https://one.test'],
  ['münchen.test', 'https://xn--mnchen-3ya.test'],
  // Whether an address is public is decided when connecting.
  ['192.0.2.7', 'https://192.0.2.7'],
])('%j is the server %s', (typed, server) => expect(readServer(typed)).toBe(server));

it.each([
  '',
  ' ',
  'http://one.test',
  'ftp://one.test',
  'javascript:alert(1)',
  'https://mira:secret@one.test',
  '@mira@one.test',
  'localhost',
  'one',
  'one test',
  '-.test',
  'https://',
  'a'.repeat(300),
])('%j is no server', (typed) => expect(readServer(typed)).toBeNull());

it('takes the usual server of a platform if nobody names one, and none where there is no usual one', () => {
  const server = { label: plain('Server'), help: plain(''), example: 'one.test' };
  const at = (usual?: string) =>
    ({ server: usual ? { ...server, default: usual } : server }) as unknown as AvailableManifest;
  expect(serverOf(at('two.test'), undefined)).toBe('https://two.test');
  expect(serverOf(at('two.test'), ' ')).toBe('https://two.test');
  expect(serverOf(at('two.test'), 'three.test')).toBe('https://three.test');
  expect(() => serverOf(at(), undefined)).toThrow();
});
