import { describe, expect, it } from 'vitest';
import { lost, NOW, ok, type Reply, scripted, UPLOADS } from '../host/testing';
import type { Capabilities } from '../kit/types';
import { facebook } from '.';

const graph = (code: number, more: Record<string, unknown> = {}, status = 400): Reply => ({
  status,
  body: { error: { message: `(#${code}) Something`, type: 'OAuthException', code, ...more } },
});
const missing = graph(100, { error_subcode: 33 });
const bare: Reply = { status: 404, body: '<html>Not found' };
const media = [{ remoteId: '6:5', kind: 'video' as const }];
const post = { text: 'A film', media, idempotencyKey: 'k' };
const phases = (uploading: string, processing: string, publishing: string, more = {}) => ({
  uploading_phase: { status: uploading },
  processing_phase: { status: processing },
  publishing_phase: { status: publishing },
  ...more,
});

const call = async <C extends 'publish' | 'lookup' | 'remove' | 'engagement'>(
  capability: C,
  input: Capabilities[C]['input'],
  ...replies: Reply[]
) => {
  const { io, asked } = scripted(facebook, replies);
  const work = facebook.functions[capability];
  const result: unknown = await work?.(io, input as never).catch((error: unknown) => error);
  return { result, asked };
};

describe('finishing a video', () => {
  it.each<[string, Reply]>([
    ['success: false', ok({ success: false })],
    ['an empty response', ok({})],
    ['success as a string', ok({ success: 'true' })],
    ['an HTML page', { status: 200, body: '<html>' }],
    ['a lost response', lost()],
    ['a server error', graph(2, {}, 500)],
    ['a missing chunk', graph(6000, { error_subcode: 1363019 })],
    ['an error marked as permanent', graph(1, { is_transient: false })],
  ])('reports an unknown outcome on %s', async (_what, reply) => {
    expect((await call('publish', post, reply)).result).toMatchObject({ kind: 'unknown_outcome' });
  });

  it('publishes it with its text and link on the upload host', async () => {
    const shown = ok({ id: '6', published: true, post_id: '88', permalink_url: '/reel/6' });
    const { result, asked } = await call(
      'publish',
      { ...post, link: 'https://example.com' },
      ok({ success: true }),
      shown,
    );
    expect(result).toEqual({ remoteId: '77_88', permalink: 'http://web.test/reel/6' });
    expect(asked[0]?.url).toBe(`${UPLOADS}/v23.0/77/videos`);
    expect(asked[0]?.spec.json).toMatchObject({
      upload_phase: 'finish',
      upload_session_id: '5',
      description: 'A film\n\nhttps://example.com',
    });
    expect(asked[1]?.url).toContain('http://api.test/v23.0/6?');
  });

  it('succeeds even if the post that shows the video cannot be determined', async () => {
    for (const reply of [lost(), missing, ok({ id: '6', published: false })])
      expect((await call('publish', post, ok({ success: true }), reply)).result).toEqual({
        remoteId: '6',
        permalink: 'http://web.test/6',
      });
  });

  it('rejects an unreadable file with advice', async () => {
    const refused = graph(352, { error_subcode: 1363024 });
    expect((await call('publish', post, refused)).result).toMatchObject({
      kind: 'rejected',
      message: expect.stringMatching(/this video.*MP4/),
    });
    const gif = { ...post, media: [{ remoteId: '6:5', kind: 'gif' as const }] };
    expect((await call('publish', gif, refused)).result).toMatchObject({
      kind: 'rejected',
      message: expect.stringMatching(/this GIF/),
    });
  });
});

describe('looking up a video', () => {
  const found = async (reply: Reply) =>
    (await call('lookup', { text: 'A film', media, since: NOW, exclude: [] }, reply)).result;
  it.each<[string, Record<string, unknown>, string]>([
    ['is published', { published: true }, 'yes'],
    ['has a post', { published: false, post_id: '88' }, 'yes'],
    [
      'is published according to its phases',
      { published: false, status: phases('complete', 'complete', 'complete') },
      'yes',
    ],
    [
      'was never finished',
      { published: false, status: phases('in_progress', 'not_started', 'not_started') },
      'absent',
    ],
    [
      'is uploaded but not processed yet',
      { published: false, status: phases('complete', 'not_started', 'not_started') },
      'unclear',
    ],
    [
      'is reported as processing during its upload',
      {
        published: false,
        status: phases('in_progress', 'not_started', 'not_started', { video_status: 'processing' }),
      },
      'unclear',
    ],
    [
      'is being processed',
      { published: false, status: phases('complete', 'in_progress', 'not_started') },
      'unclear',
    ],
    [
      'could not be processed',
      { published: false, status: phases('complete', 'error', 'not_started') },
      'unclear',
    ],
    [
      'has a contradictory status',
      { published: true, status: phases('in_progress', 'not_started', 'not_started') },
      'unclear',
    ],
    ['has no phases', { published: false }, 'unclear'],
    ['has malformed phases', { published: false, status: 'ready' }, 'unclear'],
    ['has no status', {}, 'unclear'],
  ])('handles a video that %s', async (_what, more, answer) => {
    expect(await found(ok({ id: '6', ...more }))).toMatchObject({ found: answer });
  });

  it('is inconclusive if Facebook does not show the video', async () => {
    for (const reply of [missing, bare, graph(803, {}, 404)])
      expect(await found(reply)).toMatchObject({ found: 'unclear' });
    expect(await found(graph(190))).toMatchObject({ kind: 'reauth' });
  });
});

it('ignores posts of other publications when looking up a post with photos', async () => {
  const input = {
    text: 'Two photos',
    media: [{ remoteId: '1', kind: 'picture' as const }],
    since: NOW,
    exclude: ['77_1'],
  };
  const same = (id: string) => ok({ data: [{ id, message: 'Two photos' }] });
  expect((await call('lookup', input, same('77_1'))).result).toEqual({ found: 'absent' });
  expect((await call('lookup', input, same('77_2'))).result).toMatchObject({ found: 'unclear' });
});

describe('removing a post', () => {
  const remove = async (reply: Reply) => (await call('remove', { remoteId: '77_1' }, reply)).result;
  it('treats a post as gone only if Facebook’s own error says so', async () => {
    expect(await remove(ok({ success: true }))).toEqual({ removed: true });
    expect(await remove(missing)).toEqual({ removed: false });
    expect(await remove(bare)).toMatchObject({ kind: 'transient' });
    expect(await remove(ok({}))).toMatchObject({ kind: 'transient' });
  });
});

describe('engagement of videos', () => {
  const read = (remoteIds: string[], ...replies: Reply[]) => call('engagement', { remoteIds }, ...replies);
  const numbers = (id: string, likes: number) => ({
    [id]: { id, reactions: { summary: { total_count: likes } } },
  });

  it('is read from the post that shows the video, once Facebook names it', async () => {
    const { result, asked } = await read(
      ['77_1', '6', '7'],
      ok({ id: '6', published: true, post_id: '88' }),
      ok({ id: '7', published: false }),
      ok({ ...numbers('77_1', 3), ...numbers('77_88', 5) }),
    );
    expect(result).toMatchObject([
      { remoteId: '77_1', likes: 3 },
      { remoteId: '6', likes: 5 },
    ]);
    expect(decodeURIComponent(asked[2]?.url ?? '')).toContain('ids=77_1,77_88');
  });

  it('reports a single missing video as gone, and a missing permission if all of several are missing', async () => {
    expect((await read(['6'], missing)).result).toMatchObject([{ remoteId: '6', gone: true }]);
    expect((await read(['6', '7'], missing, missing)).result).toMatchObject({ kind: 'rejected' });
    expect((await read(['6'], bare)).result).toMatchObject({ kind: 'transient' });
  });
});
