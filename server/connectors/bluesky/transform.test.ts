import { expect, test } from 'vitest';
import { readAddress } from './address';
import { readToken, recordAt, recordKey, serverOf } from './transform';

test('a key gives the same record key each time, which is a TID of the past', () => {
  const keys = Array.from({ length: 500 }, (_, i) => recordKey(`pub_${i}:1`));
  expect(new Set(keys).size).toBe(500);
  for (const key of keys) {
    expect(key).toMatch(/^[234567a-j][2-7a-z]{12}$/);
    const micros =
      [...key].reduce((n, c) => n * 32n + BigInt('234567abcdefghijklmnopqrstuvwxyz'.indexOf(c)), 0n) >> 10n;
    const at = new Date(Number(micros / 1000n)).toISOString();
    expect(at > '2024' && at < '2025').toBe(true);
  }
  expect(recordKey('pub_1:1')).toBe(keys[1]);
});

const did = 'did:plc:mira';
const named = (serviceEndpoint: unknown) =>
  serverOf({
    did,
    handle: 'mira.test',
    didDoc: { service: [{ id: '#atproto_pds', type: 'AtprotoPersonalDataServer', serviceEndpoint }] },
  });
test.each([
  ['https://pds.example', 'https://pds.example'],
  ['https://pds.example:8443/', 'https://pds.example:8443'],
  ['http://pds.example', null],
  ['https://mira:secret@pds.example', null],
  ['nonsense', null],
  [{ uri: 'https://pds.example' }, null],
])('the server %j of an account is %j', (endpoint, server) => expect(named(endpoint)).toBe(server));

test('an account without a document, or with another service, names no server', () => {
  expect(serverOf({ did, handle: 'mira.test', didDoc: null })).toBeNull();
  const service = [{ id: '#labeler', type: 'AtprotoLabeler', serviceEndpoint: 'https://labels.example' }];
  expect(serverOf({ did, handle: 'mira.test', didDoc: { service } })).toBeNull();
});

test.each(['', 'opaque', 'a.b.c', `a.${Buffer.from('"text"').toString('base64url')}.c`])(
  'the token %j says nothing',
  (token) => expect(readToken(token)).toEqual({ scope: null, expiresAt: null }),
);

test.each([
  '',
  'https://bsky.app/profile/x/post/y',
  'at://mira.test/app.bsky.feed.post/a',
  'at://did:plc:a/b',
])('%j is no address of a record', (uri) => expect(recordAt(uri)).toBeNull());

test('the address of a post gives its record, for the handle and the DID of the account only', () => {
  const account = { remoteId: did, remoteUrl: null, remote: { handle: 'Mira.test' } };
  const site = { name: 'Bluesky', web: 'https://bsky.app', aliases: [] };
  const read = (path: string) =>
    readAddress({ segments: path.split('/'), query: new URLSearchParams() }, account, site, 'post');
  const ours = { ok: true, remoteId: 'at://did:plc:mira/app.bsky.feed.post/3kabc' };
  expect(read('profile/mira.test/post/3kabc')).toEqual(ours);
  expect(read('profile/did:plc:mira/post/3kabc')).toEqual(ours);
  for (const other of ['profile/leo.test/post/3kabc', 'profile/mira.test', 'search/mira.test/post/3kabc'])
    expect(read(other).ok).toBe(false);
});
