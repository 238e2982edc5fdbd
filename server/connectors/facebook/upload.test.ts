import { describe, expect, it } from 'vitest';
import { type Asked, fileOf, lost, NOW, ok, outcome, type Reply, scripted, UPLOADS } from '../host/testing';
import type { UploadInput, UploadOutput } from '../kit/types';
import { facebook } from '.';
import { uploadStep } from './upload';

const KB = 1024;
const MB = 1024 * KB;
const graph = (code: number, more: Record<string, unknown> = {}, status = 400): Reply => ({
  status,
  body: { error: { message: `(#${code}) Something`, type: 'OAuthException', code, ...more } },
});
const range = (start: number, end: number) => ({ start_offset: String(start), end_offset: String(end) });
const html: Reply = { status: 200, body: '<!doctype html><p>proxy' };

const photo = fileOf(10, { kind: 'picture', mime: 'image/png', alt: 'A fox' });
const film = fileOf(9 * KB, { kind: 'video', mime: 'video/mp4' });
const large = fileOf(9 * MB, { kind: 'video', mime: 'video/mp4' });
const gif = fileOf(9 * KB, { kind: 'gif', mime: 'image/gif' });
const session = { session: '5', video: '6', returns: 0, until: NOW.getTime() };
const at = (sent: number, end: number, returns = 0) => ({ ...session, sent, end, returns });

const step = async (input: UploadInput, progress: unknown, ...replies: Reply[]) => {
  const { io, asked } = scripted(facebook, replies);
  return { result: await outcome(uploadStep(io, { ...input, progress })), asked };
};
const chunkOf = (asked: Asked | undefined) => asked?.fields.video_file_chunk as File;

describe.each<[string, UploadInput, unknown]>([
  ['a photo', photo, null],
  ['the start of a video', film, null],
  ['a chunk of a video', film, at(0, KB)],
])('errors while uploading %s', (_name, input, progress) => {
  it.each<[string, Reply, string]>([
    ['an HTML page', html, 'transient'],
    ['an unexpected shape', ok({ success: true }), 'transient'],
    ['a lost response', lost(), 'transient'],
    ['a server error', graph(2, { is_transient: true }, 500), 'transient'],
    ['an unknown error', graph(1), 'transient'],
    ['a rate limit', graph(32, { is_transient: true }), 'rate_limited'],
    ['an invalid token', graph(190), 'reauth'],
    ['a missing permission', graph(200, {}, 403), 'reauth'],
    ['a blocked Page', graph(368), 'rejected'],
    ['an invalid parameter', graph(100), 'rejected'],
    ['an error marked as permanent', graph(1, { is_transient: false }), 'rejected'],
  ])('throws a fault on %s', async (_what, reply, kind) => {
    expect((await step(input, progress, reply)).result).toMatchObject({ kind });
  });
});

describe('uploading a photo', () => {
  it('creates one unpublished photo, with a time-out that allows for its size', async () => {
    const ten = fileOf(10 * MB, { kind: 'picture', mime: 'image/jpeg' });
    const { result, asked } = await step(ten, null, ok({ id: '9' }));
    expect(result).toMatchObject({ state: 'ready', remoteId: '9' });
    expect(asked[0]?.url).toBe('http://api.test/v23.0/77/photos');
    expect(asked[0]?.fields).toMatchObject({ published: 'false', source: { size: 10 * MB } });
    expect(asked[0]?.spec.timeoutMs).toBeGreaterThan(55_000);
    expect(asked[0]?.spec.timeoutMs).toBeLessThan(60_000);
  });

  it.each([
    ['324', graph(324, { error_subcode: 2_069_019 })],
    ['1366046', graph(1, { error_subcode: 1366046, is_transient: false })],
    ['1366046 with status 500', graph(1, { error_subcode: 1366046 }, 500)],
  ])('fails with advice if Facebook cannot read the picture (%s)', async (_code, reply) => {
    expect((await step(photo, null, reply)).result).toEqual({
      state: 'failed',
      problem: expect.toSay(/could not read this picture.*JPEG or PNG/),
    });
  });
});

describe('uploading a video', () => {
  it('sends the ranges that Facebook requests to the upload host, in chunks within our limit', async () => {
    const wanted = [
      [0, MB],
      [MB, 3.5 * MB],
      [3.5 * MB, 9 * MB],
      [7.5 * MB, 9 * MB],
      [9 * MB, 9 * MB],
    ] as const;
    let next = 0;
    const { io, asked } = scripted(facebook, () => {
      const [start, end] = wanted[next++] ?? [0, 0];
      return ok({ ...range(start, end), upload_session_id: '5', video_id: '6' });
    });
    let last: UploadOutput = { state: 'uploading', progress: {}, sent: 0 };
    for (let i = 0; i < 5; i++)
      last = await uploadStep(io, { ...large, progress: last.state === 'uploading' ? last.progress : null });
    expect(last).toMatchObject({ state: 'ready', remoteId: '6:5' });
    expect(asked.every((a) => a.url === `${UPLOADS}/v23.0/77/videos`)).toBe(true);
    const sent = await Promise.all(
      asked.slice(1).map(async ({ fields }) => {
        const bytes = new Uint8Array(await (fields.video_file_chunk as File).arrayBuffer());
        return [Number(fields.start_offset), bytes.length, bytes[0]];
      }),
    );
    expect(sent).toEqual(
      [
        [0, MB],
        [MB, 2.5 * MB],
        [3.5 * MB, 4 * MB],
        [7.5 * MB, 1.5 * MB],
      ].map(([start = 0, length]) => [start, length, start % 251]),
    );
  });

  it.each([
    ['does not move', range(KB, 2 * KB)],
    ['moves backwards', range(0, KB)],
    ['skips unsent bytes', range(3 * KB, 4 * KB)],
    ['starts after the end of the file', range(90 * KB, 91 * KB)],
    ['is empty', range(2 * KB, 2 * KB)],
    ['has a negative length', range(2 * KB, KB)],
    ['is not a number', range(Number.NaN, KB)],
    ['has no end', { start_offset: '2048' }],
  ])('throws a transient fault if the next range %s', async (_what, answer) => {
    expect((await step(film, at(KB, 2 * KB), ok(answer))).result).toMatchObject({ kind: 'transient' });
  });

  it('throws a transient fault if the upload does not start at offset 0', async () => {
    const odd = ok({ ...range(7, KB), upload_session_id: '5', video_id: '6' });
    expect((await step(film, null, odd)).result).toMatchObject({ kind: 'transient' });
  });

  it('resumes at Facebook’s offset after a lost response', async () => {
    const there = (start: number, end: number, data: unknown = { start_offset: start, end_offset: end }) =>
      graph(6001, { error_subcode: 1363037, error_data: data });
    expect((await step(film, at(KB, 4 * KB), there(4 * KB, 7 * KB))).result).toEqual({
      state: 'uploading',
      progress: at(4 * KB, 7 * KB),
      sent: 4 * KB,
    });
    const asText = there(0, 0, JSON.stringify(range(4 * KB, 7 * KB)));
    expect((await step(film, at(KB, 4 * KB), asText)).result).toMatchObject({ sent: 4 * KB });
    expect((await step(film, at(7 * KB, 9 * KB), there(9 * KB, 9 * KB))).result).toMatchObject({
      state: 'ready',
      remoteId: '6:5',
    });
    // Without a valid range the step is a transient fault, which counts as a failed attempt.
    for (const data of [
      undefined,
      'no',
      { start_offset: 1 },
      { start_offset: 99 * KB, end_offset: 100 * KB },
    ])
      expect(
        (await step(film, at(KB, 4 * KB), graph(6001, { error_subcode: 1363037, error_data: data }))).result,
      ).toMatchObject({ kind: 'transient' });
  });

  it('starts over after being sent back too often', async () => {
    const back = graph(6001, { error_subcode: 1363037, error_data: { start_offset: 0, end_offset: KB } });
    let progress: unknown = at(KB, 4 * KB);
    const states: unknown[] = [];
    for (let i = 0; i < 4; i++) {
      const result = (await step(film, progress, back)).result as UploadOutput;
      states.push(result.state);
      progress = result.state === 'uploading' ? { ...result.progress, sent: KB, end: 4 * KB } : null;
    }
    expect(states).toEqual(['uploading', 'uploading', 'uploading', 'again']);
  });

  it.each([1363019, 1363030, 1363033])('retries a chunk after error subcode %s', async (subcode) => {
    const { result } = await step(film, at(0, KB), graph(6000, { error_subcode: subcode }));
    expect(result).toMatchObject({ kind: 'transient' });
  });

  it('starts over if Facebook does not know the upload', async () => {
    const gone = graph(100, { message: '(#100) There is no such upload session: upload_session_id' });
    expect((await step(film, at(0, KB), gone)).result).toEqual({ state: 'again' });
  });

  it.each([
    ['352', graph(352)],
    ['1363024', graph(100, { error_subcode: 1363024 })],
    ['1363031', graph(6000, { error_subcode: 1363031 })],
  ])('fails with advice if Facebook cannot process the video (%s)', async (_code, reply) => {
    expect((await step(film, at(0, KB), reply)).result).toEqual({
      state: 'failed',
      problem: expect.toSay(/could not process this video.*MP4/),
    });
    expect((await step(gif, at(0, KB), reply)).result).toMatchObject({
      state: 'failed',
      problem: expect.toSay(/this GIF/),
    });
  });

  it('sends the chunk as a file', async () => {
    const { asked } = await step(film, at(0, KB), ok(range(KB, 2 * KB)));
    expect(chunkOf(asked[0])).toMatchObject({ size: KB, name: 'video.mp4', type: 'video/mp4' });
  });
});
