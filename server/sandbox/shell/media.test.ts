import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bodyOf, type TestSandbox, testSandbox } from '../test-sandbox';

let s: TestSandbox;
beforeAll(async () => {
  s = await testSandbox();
});
afterAll(() => s.db.close());
beforeEach(() => s.control('/reset'));

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const MP4 = Buffer.concat([Buffer.from('\0\0\0\x18ftypisom', 'latin1'), Buffer.alloc(500)]);
const part = (name: string, bytes: Uint8Array, fields: Record<string, string>) => {
  const form = new FormData();
  for (const [key, value] of Object.entries(fields)) form.set(key, value);
  form.set(name, new Blob([new Uint8Array(bytes)]), 'part');
  return form;
};

describe('uploads to X', () => {
  let token: string;
  beforeEach(async () => {
    const scopes = ['tweet.read', 'tweet.write', 'users.read', 'media.write', 'offline.access'];
    token = (await s.tokens('x', 'mira_draws', scopes)).accessToken;
  });
  const begin = async (more: Record<string, unknown> = {}) =>
    s.call('POST', '/x/2/media/upload/initialize', {
      token,
      json: { media_type: 'image/png', media_category: 'tweet_image', total_bytes: PNG.length, ...more },
    });
  const append = (id: string, index: number, bytes: Uint8Array) =>
    s.call('POST', `/x/2/media/upload/${id}/append`, {
      token,
      body: part('media', bytes, { segment_index: String(index) }),
    });
  const finalize = (id: string) => s.call('POST', `/x/2/media/upload/${id}/finalize`, { token });
  const status = async (id: string) =>
    (await bodyOf(await s.call('GET', `/x/2/media/upload?media_id=${id}&command=STATUS`, { token }))).data;
  const whole = async (bytes: Buffer, more: Record<string, unknown> = {}) => {
    const { id } = (await bodyOf(await begin({ total_bytes: bytes.length, ...more }))).data;
    await append(id, 0, bytes);
    return { id: id as string, end: await finalize(id) };
  };
  const post = (ids: string[], text = 'Hello') =>
    s.call('POST', '/x/2/tweets', { token, json: { text, media: { media_ids: ids } } });

  it('require their scope', async () => {
    const { accessToken } = await s.tokens('x', 'mira_draws', ['tweet.read', 'tweet.write', 'users.read']);
    const answer = await s.call('POST', '/x/2/media/upload/initialize', { token: accessToken, json: {} });
    expect(answer.status).toBe(403);
  });

  it('start only with a type and size that X accepts', async () => {
    expect((await begin({ media_type: 'image/svg+xml' })).status).toBe(400);
    expect((await begin({ media_category: 'tweet_gif' })).status).toBe(400);
    expect((await begin({ total_bytes: 6 * 1024 * 1024 })).status).toBe(400);
    expect((await begin({ total_bytes: 0 })).status).toBe(400);
    expect(
      (await begin({ media_category: 'tweet_video', media_type: 'video/mp4', total_bytes: 600_000_000 }))
        .status,
    ).toBe(400);
    expect((await bodyOf(await begin())).data).toMatchObject({
      expires_after_secs: 86_400,
      media_key: expect.stringMatching(/^3_\d+$/),
    });
  });

  it('accept segments in any order and repeatedly, and are finalized only when complete', async () => {
    const { id } = (await bodyOf(await begin())).data;
    expect((await append(id, 1, PNG.subarray(30))).status).toBe(200);
    expect((await finalize(id)).status).toBe(400);
    await append(id, 0, PNG.subarray(0, 10));
    expect((await bodyOf(await finalize(id))).detail).toMatch(/do not add up/);
    await append(id, 0, PNG.subarray(0, 30));
    expect((await append(id, 1000, PNG)).status).toBe(400);
    expect((await bodyOf(await finalize(id))).data).toMatchObject({ id, size: PNG.length });
    expect((await finalize(id)).status).toBe(400);
    expect((await append(id, 0, PNG)).status).toBe(400);
    expect((await post([id])).status).toBe(201);
  });

  it('are refused if the bytes do not match the announced type', async () => {
    expect((await whole(Buffer.from('<html>no picture</html>'))).end.status).toBe(400);
    const { id, end } = await whole(Buffer.from('no film at all'), {
      media_type: 'video/mp4',
      media_category: 'tweet_video',
    });
    expect(end.status).toBe(200);
    s.clock.advance(60_000);
    expect((await status(id)).processing_info.state).toBe('failed');
    expect((await post([id])).status).toBe(400);
  });

  it('of videos are processed over time and can be posted only afterwards', async () => {
    const { id, end } = await whole(MP4, { media_type: 'video/mp4', media_category: 'tweet_video' });
    expect((await bodyOf(end)).data.processing_info).toEqual({ state: 'pending', check_after_secs: 1 });
    expect((await post([id])).status).toBe(400);
    s.clock.advance(3_000);
    expect((await status(id)).processing_info).toMatchObject({ state: 'in_progress', progress_percent: 60 });
    s.clock.advance(3_000);
    expect((await status(id)).processing_info).toEqual({ state: 'succeeded', progress_percent: 100 });
    expect((await post([id])).status).toBe(201);
  });

  it('expire after a day, and belong to one account', async () => {
    const { id } = await whole(PNG);
    const scopes = ['tweet.read', 'tweet.write', 'users.read', 'media.write'];
    const stranger = (await s.tokens('x', 'devnotes_leo', scopes)).accessToken;
    const theirs = await s.call('POST', '/x/2/tweets', {
      token: stranger,
      json: { text: 'Mine', media: { media_ids: [id] } },
    });
    expect(theirs.status).toBe(400);
    s.clock.advance(86_400_000 + 1_000);
    token = (await s.tokens('x', 'mira_draws', scopes)).accessToken;
    const refused = await post([id]);
    expect([refused.status, (await bodyOf(refused)).detail]).toEqual([400, 'Your media IDs are invalid.']);
  });

  it('are posted as up to four pictures or one file of another kind, and are shown with their descriptions', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.push((await whole(PNG)).id);
    expect((await post(ids)).status).toBe(400);
    const film = (await whole(MP4, { media_type: 'video/mp4', media_category: 'tweet_video' })).id;
    s.clock.advance(60_000);
    expect((await post([film, ids[0] ?? ''])).status).toBe(400);
    const said = await s.call('POST', '/x/2/media/metadata', {
      token,
      json: { id: ids[0], metadata: { alt_text: { text: 'A <red> fox' } } },
    });
    expect((await bodyOf(said)).data.associated_metadata).toEqual({ alt_text: { text: 'A <red> fox' } });
    const created = await bodyOf(await post(ids.slice(0, 2), ''));
    const shown = await bodyOf(
      await s.call('GET', `/x/2/tweets/${created.data.id}?post.fields=attachments,entities`, { token }),
    );
    expect(shown.data.attachments.media_keys).toEqual(ids.slice(0, 2).map((id) => `3_${id}`));
    expect(shown.data.text).toMatch(/^https:\/\/t\.co\/\w+$/);
    const page = await (await s.call('GET', '/x/mira_draws')).text();
    expect(page).toContain('alt="A &lt;red&gt; fox"');
    const bytes = await s.call('GET', `/x/media/${ids[0]}`);
    expect(bytes.headers.get('content-type')).toBe('image/png');
    expect(Buffer.compare(Buffer.from(await bytes.arrayBuffer()), PNG)).toBe(0);
  });
});

describe('uploads to a Facebook Page', () => {
  let token: string;
  let page: string;
  beforeEach(async () => {
    const user = await s.tokens('facebook', 'mira.okafor', [
      'pages_show_list',
      'pages_manage_posts',
      'pages_read_engagement',
    ]);
    const [first] = (
      await bodyOf(await s.call('GET', '/facebook/v23.0/me/accounts', { token: user.accessToken }))
    ).data;
    token = first.access_token;
    page = first.id;
  });
  const at = (path: string) => `/facebook/v23.0/${page}/${path}`;
  const photo = (bytes: Uint8Array, fields: Record<string, string> = { published: 'false' }) =>
    s.call('POST', at('photos'), { token, body: part('source', bytes, fields) });
  const feed = (ids: string[]) =>
    s.call('POST', at('feed'), {
      token,
      json: { message: '', attached_media: ids.map((media_fbid) => ({ media_fbid })) },
    });
  const videos = () => `/facebook/graph-video/v23.0/${page}/videos`;
  const phase = (json: Record<string, unknown>) => s.call('POST', videos(), { token, json });
  const transfer = (session: string, offset: number, bytes: Uint8Array) =>
    s.call('POST', videos(), {
      token,
      body: part('video_file_chunk', bytes, {
        upload_phase: 'transfer',
        upload_session_id: session,
        start_offset: String(offset),
      }),
    });

  it('of photos stay invisible until a post uses them, and can be used only once', async () => {
    expect((await photo(PNG, { published: 'true' })).status).toBe(400);
    expect((await photo(Buffer.from('no picture'))).status).toBe(400);
    const { id } = await bodyOf(await photo(PNG, { published: 'false', alt_text_custom: 'A dot' }));
    expect(await (await s.call('GET', '/facebook/miradraws')).text()).not.toContain('A dot');
    const created = await feed([id]);
    expect(created.status).toBe(200);
    expect((await feed([id])).status).toBe(400);
    const listed = await bodyOf(
      await s.call('GET', `${at('published_posts')}?fields=id,attachments{target,subattachments{target}}`, {
        token,
      }),
    );
    expect(listed.data[0].attachments.data[0].target.id).toBe(id);
  });

  it('of photos expire after a day without a post', async () => {
    const { id } = await bodyOf(await photo(PNG));
    s.clock.advance(25 * 3_600_000);
    expect((await feed([id])).status).toBe(400);
  });

  it('of videos must arrive in order, and finishing publishes them once', async () => {
    const started = await bodyOf(await phase({ upload_phase: 'start', file_size: MP4.length }));
    expect(started).toMatchObject({ start_offset: '0', video_id: expect.any(String) });
    const session = started.upload_session_id;
    expect((await phase({ upload_phase: 'finish', upload_session_id: session })).status).toBe(400);
    expect(await bodyOf(await transfer(session, 0, MP4.subarray(0, 100)))).toMatchObject({
      start_offset: '100',
    });
    expect((await bodyOf(await transfer(session, 0, MP4.subarray(0, 100)))).error).toMatchObject({
      error_subcode: 1363037,
      error_data: { start_offset: 100, end_offset: MP4.length },
    });
    expect((await bodyOf(await transfer(session, 100, new Uint8Array(0)))).error.error_subcode).toBe(1363033);
    expect((await transfer(session, 100, MP4)).status).toBe(400);
    await transfer(session, 100, MP4.subarray(100));
    expect((await bodyOf(await transfer(session, 0, MP4))).error.error_data).toEqual({
      start_offset: MP4.length,
      end_offset: MP4.length,
    });
    const fields = 'fields=id,published,permalink_url,post_id,status';
    const before = await bodyOf(
      await s.call('GET', `/facebook/v23.0/${started.video_id}?${fields}`, { token }),
    );
    expect(before).toMatchObject({
      id: started.video_id,
      published: false,
      status: { uploading_phase: { status: 'in_progress' }, publishing_phase: { status: 'not_started' } },
    });
    expect(before).not.toHaveProperty('post_id');
    expect(
      await bodyOf(
        await phase({ upload_phase: 'finish', upload_session_id: session, description: 'A film' }),
      ),
    ).toEqual({ success: true });
    expect((await phase({ upload_phase: 'finish', upload_session_id: session })).status).toBe(400);
    const after = await bodyOf(
      await s.call('GET', `/facebook/v23.0/${started.video_id}?${fields}`, { token }),
    );
    expect(after).toMatchObject({ published: true, post_id: expect.stringMatching(/^\d+$/) });
    expect(await bodyOf(await s.call('DELETE', `/facebook/v23.0/${started.video_id}`, { token }))).toEqual({
      success: true,
    });
    expect((await s.call('GET', `/facebook/v23.0/${started.video_id}`, { token })).status).toBe(400);
  });

  it('of videos arrive in the requested ranges, on their own host', async () => {
    const MB = 1024 * 1024;
    const film = Buffer.concat([MP4, Buffer.alloc(5 * MB)]);
    const json = { upload_phase: 'start', file_size: film.length };
    expect((await s.call('POST', at('videos'), { token, json })).status).toBe(400);
    const started = await bodyOf(await phase(json));
    expect(started).toMatchObject({ start_offset: '0', end_offset: `${MB}` });
    const session = started.upload_session_id;
    expect((await transfer(session, 0, film.subarray(0, MB + 1))).status).toBe(400);
    expect(await bodyOf(await transfer(session, 0, film.subarray(0, MB)))).toEqual({
      start_offset: `${MB}`,
      end_offset: `${4 * MB}`,
    });
  });

  it('of videos stay unpublished and without a post for a minute if a fault slows their processing', async () => {
    const started = await bodyOf(await phase({ upload_phase: 'start', file_size: MP4.length }));
    await transfer(started.upload_session_id, 0, MP4);
    const fault = { platform: 'facebook', operation: 'fbVideo', kind: 'processing_slow', count: 1 };
    await s.control('/faults', fault);
    const end = { upload_phase: 'finish', upload_session_id: started.upload_session_id };
    expect(await bodyOf(await phase(end))).toEqual({ success: true });
    const look = async () =>
      bodyOf(
        await s.call('GET', `/facebook/v23.0/${started.video_id}?fields=published,post_id,status`, { token }),
      );
    expect(await look()).toMatchObject({ published: false, status: { video_status: 'processing' } });
    expect(await look()).not.toHaveProperty('post_id');
    s.clock.advance(61_000);
    expect(await look()).toMatchObject({ published: true, post_id: expect.any(String) });
  });
});
