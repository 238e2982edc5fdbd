import { describe, expect, it } from 'vitest';
import { fileOf, NOW, ok, outcome, type Reply, scripted } from '../host/testing';
import { mastodon } from '.';
import { readAddress } from './address';
import { readLimits } from './limits';

const account = { remoteId: '7', remote: { username: 'mira' }, server: 'https://a.example' };
const refused = (status: number, error: string): Reply => ({ status, body: { error } });
const { publish, remove, engagement, lookup, upload } = mastodon.functions as Required<
  typeof mastodon.functions
>;

describe('faults', () => {
  const post = (reply: Reply) =>
    outcome(publish(scripted(mastodon, [reply], account).io, { text: 'Tea', idempotencyKey: 'k' }));
  it.each([
    [refused(401, 'The access token was revoked'), { kind: 'reauth' }],
    // A gateway.
    [{ status: 401, body: 'Unauthorized' }, { kind: 'transient' }],
    [
      refused(403, 'This action is outside the authorized scopes'),
      { kind: 'reauth', options: { forbidden: true } },
    ],
    [
      refused(403, 'Your login is currently disabled'),
      { kind: 'rejected', options: { vendorCode: 'account_held' } },
    ],
    [
      refused(422, 'Validation failed: Text character limit of 500 exceeded'),
      { kind: 'rejected', options: { vendorCode: 'too_long' } },
    ],
    [
      refused(422, 'Validation failed: Media 5 not found or already attached to another post'),
      { options: { vendorCode: 'media_gone' } },
    ],
    [
      refused(422, 'Cannot attach files that have not finished processing. Try again in a moment!'),
      { kind: 'transient' },
    ],
    [
      refused(404, 'The post you are trying to reply to does not appear to exist.'),
      { kind: 'rejected', options: { vendorCode: 'no_parent' } },
    ],
    [
      refused(503, 'There was a temporary problem serving your request, please try again'),
      { kind: 'unknown_outcome' },
    ],
    [ok({ error: 'Odd' }), { kind: 'unknown_outcome' }],
  ] as const)('%j', async (reply, fault) => expect(await post(reply)).toMatchObject(fault));
});

it('reads the end of a limit in ISO 8601', () => {
  const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '2026-03-02T10:05:00.123456Z' };
  expect(readLimits(headers, NOW)).toMatchObject([
    { remaining: 0, resetsAt: new Date('2026-03-02T10:05:00.123Z') },
  ]);
});

describe('publishing', () => {
  it('sends the key, and takes no address of another site', async () => {
    const { io, asked } = scripted(mastodon, [ok({ id: '9', url: 'https://evil.example/@mira/9' })], account);
    expect(await publish(io, { text: 'Tea', idempotencyKey: 'k' })).toEqual({
      remoteId: '9',
      permalink: 'http://web.test/@mira/9',
    });
    expect(asked[0]?.spec.headers).toEqual({ 'idempotency-key': 'k' });
  });
});

it('registers with a text if the server takes no list of addresses', async () => {
  const { io, asked } = scripted(mastodon, [
    refused(422, "Validation failed: Redirect URI can't be blank"),
    ok({ client_id: 'id', client_secret: 'secret' }),
  ]);
  const client = await mastodon.hooks.register?.(io, {
    redirectUri: 'https://app.test/back',
    scopes: ['a', 'b'],
  });
  expect(client).toEqual({ clientId: 'id', clientSecret: 'secret' });
  expect(asked.map(({ spec }) => spec.json)).toMatchObject([
    { redirect_uris: ['https://app.test/back'], scopes: 'a b' },
    { redirect_uris: 'https://app.test/back' },
  ]);
});

it('asks for posts one by one that the list does not have, or if there is no list', async () => {
  const counted = (id: string) => ({ id, favourites_count: 1, replies_count: -1, reblogs_count: 2 });
  const row = (remoteId: string) => ({
    remoteId,
    gone: false,
    likes: 1,
    replies: null,
    reposts: 2,
    views: null,
  });
  const { io, asked } = scripted(mastodon, [
    ok([counted('1'), null, { odd: true }]),
    refused(404, 'Record not found'),
    refused(404, 'Not Found'),
    ok(counted('3')),
  ]);
  expect(await engagement(io, { remoteIds: ['1', '2'] })).toMatchObject([
    row('1'),
    { remoteId: '2', gone: true },
  ]);
  expect(new URL(asked[0]?.url ?? '').searchParams.getAll('id[]')).toEqual(['1', '2']);
  expect(await engagement(io, { remoteIds: ['3'] })).toEqual([row('3')]);
  const broken = scripted(mastodon, [ok([]), { status: 404, body: '<html>' }]);
  // Not a report about the post.
  expect(await outcome(engagement(broken.io, { remoteIds: ['4'] }))).toBeInstanceOf(Error);
});

it('removes a post twice', async () => {
  const { io } = scripted(mastodon, [ok({ id: '9' }), refused(404, 'Record not found')]);
  expect(await remove(io, { remoteId: '9' })).toEqual({ removed: true });
  expect(await remove(io, { remoteId: '9' })).toEqual({ removed: false });
});

describe('a look-up', () => {
  const shown = (id: string, minute: number, content = '<p>Other</p>') => ({
    id,
    created_at: `2026-03-02T09:${String(minute).padStart(2, '0')}:00.000Z`,
    content,
    media_attachments: [],
  });
  const input = { text: 'Tea', since: new Date('2026-03-02T09:30:00Z'), exclude: [] };
  it('reads pages to the beginning of the time, however short they are', async () => {
    const { io, asked } = scripted(mastodon, [
      ok([shown('9', 50)]),
      ok([shown('8', 40, '<p>Tea</p>'), shown('7', 20, '<p>Tea</p>')]),
    ]);
    expect(await lookup(io, input)).toMatchObject({ found: 'yes', post: { remoteId: '8' } });
    expect(new URL(asked[1]?.url ?? '').searchParams.get('max_id')).toBe('9');
  });
  it('is absent only after an empty page or an older post', async () => {
    const { io } = scripted(mastodon, [ok([shown('9', 50)]), ok([])]);
    expect(await lookup(io, input)).toEqual({ found: 'absent' });
    const same = scripted(mastodon, () => ok([shown('9', 50)]));
    expect(await lookup(same.io, input)).toMatchObject({ found: 'unclear' });
  });
});

describe('an upload', () => {
  const video = fileOf(3_000_000, { kind: 'video', mime: 'video/mp4', alt: 'A film' });
  it('is sent with its description, and waits until it is processed', async () => {
    const { io, asked } = scripted(mastodon, [
      { status: 202, body: { id: '5', url: null } },
      { status: 206, body: '' },
      ok({ id: '5' }),
    ]);
    let step = await upload(io, video);
    expect(asked[0]?.fields).toMatchObject({ description: 'A film', file: { size: 3_000_000 } });
    for (let i = 0; i < 2 && step.state === 'processing'; i++)
      step = await upload(io, { ...video, progress: step.progress });
    expect(step).toMatchObject({ state: 'ready', remoteId: '5' });
    expect(asked).toHaveLength(3);
  });
  it.each([
    [500, 'Error processing thumbnail for uploaded media'],
    [422, 'Validation failed: File content type is invalid'],
  ])('that the server refuses with %i has failed', async (status, error) => {
    const { io } = scripted(mastodon, [refused(status, error)]);
    expect(await upload(io, video)).toMatchObject({ state: 'failed' });
  });
  it('that the server no longer knows starts again', async () => {
    const { io } = scripted(mastodon, [{ status: 202, body: { id: '5' } }, refused(404, 'Record not found')]);
    const step = await upload(io, video);
    expect(await upload(io, { ...video, progress: 'progress' in step && step.progress })).toEqual({
      state: 'again',
    });
  });
});

it.each([
  ['@mira', '9', '9'],
  ['@Mira', '9', '9'],
  ['@leo', '9', null],
  ['@mira@b.example', '9', null],
  ['@mira', undefined, null],
])('reads the address of %s, %s', (name, id, remoteId) => {
  const place = { segments: ['deck', name, ...(id ? [id] : [])], query: new URLSearchParams() };
  const read = readAddress(
    place,
    { remoteId: '7', remoteUrl: null, remote: { username: 'mira' } },
    { name: 'Mastodon', web: 'https://a.example', aliases: [] },
    'post',
  );
  expect(read.ok ? read.remoteId : null).toBe(remoteId);
});

describe('the limits of a server', () => {
  const limits = (reply: ReturnType<typeof ok>) =>
    outcome(mastodon.hooks.limits?.(scripted(mastodon, [reply], account).io) ?? Promise.resolve('none'));

  it('are none if it is too old to have the operation', async () => {
    expect(await limits(refused(404, 'Not Found'))).toBeNull();
  });

  it('are read as far as they can be, whatever else it says', async () => {
    const configuration = {
      statuses: { max_characters: 5000, max_media_attachments: 'four', characters_reserved_per_url: 23 },
      media_attachments: { supported_mime_types: ['image/png', 'video/mp4'], video_matrix_limit: 8_294_400 },
      polls: { max_options: 1, max_characters_per_option: 100 },
    };
    expect(await limits(ok({ configuration }))).toMatchObject({
      characters: 5000,
      pictures: { mimes: ['image/png', 'video/mp4'] },
      gif: null,
      video: { largest: { long: 3840, short: 2160 } },
      options: { pollAnswer4: { maxLength: 100 } },
    });
    expect(await limits(ok({ configuration: { statuses: 'none', polls: null } }))).not.toHaveProperty(
      'characters',
    );
  });

  it('stay unknown if the answer is nonsense', async () => {
    expect(await limits(ok({ error: 'Odd' }))).toMatchObject({ kind: 'transient' });
  });
});
