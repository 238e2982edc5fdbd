import { describe, expect, it } from 'vitest';
import { fileOf, lost, NOW, ok, outcome, type Reply, scripted } from '../host/testing';
import type { UploadInput } from '../kit/types';
import { x } from '.';
import { uploadStep } from './upload';

const refusal = (detail: string, status = 400): Reply => ({
  status,
  body: { title: 'Invalid Request', detail, status, type: 'https://api.x.com/2/problems/invalid-request' },
});
const html: Reply = { status: 200, body: '<!doctype html><p>proxy' };
const data = (more: Record<string, unknown> = {}): Reply => ok({ data: { id: '1', ...more } });
const at = (phase: string, sent = 10, until: number | null = null) => ({ id: '1', phase, sent, until });

const picture = fileOf(10, { kind: 'picture', mime: 'image/png', alt: 'A fox' });
const video = fileOf(10, { kind: 'video', mime: 'video/mp4' });
const step = async (input: UploadInput, progress: unknown, replies: Reply[]) => {
  const { io, asked } = scripted(x, replies);
  const result = await outcome(uploadStep(io, { ...input, progress }));
  return { result, operations: asked.map((a) => a.spec.operation), asked };
};
const STEPS: [string, unknown][] = [
  ['initialize', null],
  ['append a segment', at('segments', 0)],
  ['finalize', at('segments')],
  ['check the status', at('processing')],
  ['set the description', at('description')],
];

describe.each(STEPS)('upload step: %s', (_name, progress) => {
  it.each([
    ['an HTML page', html],
    ['an unexpected shape', ok([1])],
    ['a lost response', lost()],
    ['a server error', { status: 503, body: '' }],
  ])('throws a transient fault on %s', async (_what, reply) => {
    const { result } = await step(picture, progress, [reply]);
    expect(result).toMatchObject({ kind: 'transient' });
  });
});

describe('finalizing an upload', () => {
  const end = (input: UploadInput, ...replies: Reply[]) => step(input, at('segments'), replies);
  const words = (kind: string) => ({ state: 'failed', problem: expect.toSay(new RegExp(kind)) });

  it('fails with advice if X rejects the file, and does not start over', async () => {
    const one = await end(picture, refusal('Media type unrecognized.'), data());
    expect(one.result).toEqual(words('could not read this picture.*JPEG or PNG'));
    expect(one.operations).toEqual(['finalizeMediaUpload', 'getMediaUploadStatus']);
    const gif = fileOf(10, { kind: 'gif', mime: 'image/gif' });
    expect((await end(gif, refusal('Invalid or unsupported media'), data())).result).toEqual(words('GIF'));
    // X may already have discarded a file that it rejected.
    const gone = await end(video, refusal('Unsupported'), refusal('Could not find it', 404));
    expect(gone.result).toEqual(words('could not process this video'));
  });

  it('continues after an earlier success whose response was lost', async () => {
    const finalized = refusal('This media was finalized already.');
    expect((await end({ ...picture, alt: '' }, finalized, data())).result).toMatchObject({
      state: 'ready',
      remoteId: '1',
    });
    const working = { processing_info: { state: 'in_progress', progress_percent: 40, check_after_secs: 7 } };
    expect((await end(video, refusal('Something else'), data(working))).result).toMatchObject({
      state: 'processing',
      percent: 40,
      checkAfterSeconds: 7,
    });
    const read = { image: { image_type: 'image/png', w: 3, h: 3 } };
    expect((await end(picture, refusal('Something else'), data(read))).result).toMatchObject({
      state: 'uploading',
      progress: { phase: 'description' },
    });
    expect((await end(picture, finalized, refusal('No such id', 404))).result).toEqual({ state: 'again' });
  });

  it('starts over if a segment is missing, unless X has all of them by now', async () => {
    const missing = refusal('Segments do not add up to provided total file size.');
    expect((await end(video, missing, data())).result).toEqual({ state: 'again' });
    const pending = { processing_info: { state: 'pending', check_after_secs: 1 } };
    expect((await end(video, missing, data(pending))).result).toEqual({ state: 'again' });
    const done = { processing_info: { state: 'succeeded', progress_percent: 100 } };
    expect((await end(video, missing, data(done))).result).toMatchObject({ state: 'ready' });
  });

  it('starts over if X does not know the upload, but not while its state is unavailable', async () => {
    expect((await end(picture, refusal('Not found', 404))).result).toEqual({ state: 'again' });
    expect((await end(picture, refusal('Your media IDs are invalid.'))).result).toEqual({ state: 'again' });
    expect((await end(picture, refusal('Bad'), { status: 503, body: '' })).result).toMatchObject({
      kind: 'transient',
    });
    expect((await end(picture, { status: 401, body: '' })).result).toMatchObject({ kind: 'reauth' });
  });

  it.each([
    [undefined, null],
    [0, null],
    [600, null],
    [3599, null],
    [3600, 3000],
    [86_400, 85_800],
  ])('given an expiry after %s seconds, treats the upload as expiring after %s', async (told, left) => {
    const { result } = await end({ ...picture, alt: '' }, data({ expires_after_secs: told }));
    expect(result).toEqual({
      state: 'ready',
      remoteId: '1',
      expiresAt: left === null ? null : new Date(NOW.getTime() + left * 1000),
    });
  });
});

describe('uploading a segment', () => {
  const long = fileOf(5 * 1024 * 1024, { kind: 'video', mime: 'video/mp4' });
  it('sends the segment under its index', async () => {
    const { result, asked } = await step(long, at('segments', 4 * 1024 * 1024), [{ status: 204, body: '' }]);
    expect(asked[0]?.fields).toMatchObject({ segment_index: '2', media: { size: 1024 * 1024 } });
    expect(result).toMatchObject({ state: 'uploading', sent: 5 * 1024 * 1024 });
  });

  it('starts over if X rejects the segment, or goes on if the upload is already finalized', async () => {
    expect((await step(long, at('segments', 0), [refusal('No')])).result).toEqual({ state: 'again' });
    expect((await step(long, at('segments', 0), [refusal('Gone', 404)])).result).toEqual({ state: 'again' });
    const finalized = refusal('This media was already finalized.');
    const done = data({ processing_info: { state: 'succeeded' } });
    expect((await step(long, at('segments', 0), [finalized, done])).result).toMatchObject({ state: 'ready' });
  });
});

it('reports a rejected description, and does not upload the picture again', async () => {
  const one = await step(picture, at('description'), [refusal('The alt_text has an odd character')]);
  expect(one.result).toMatchObject({
    state: 'failed',
    problem: expect.toSay(/description of this/),
  });
  expect((await step(picture, at('description'), [refusal('', 404)])).result).toEqual({ state: 'again' });
});

it('reports failed processing, and ignores invalid progress', async () => {
  const failed = data({ processing_info: { state: 'failed', error: { code: 1 } } });
  expect((await step(video, at('processing'), [failed])).result).toMatchObject({ state: 'failed' });
  const odd = data({
    processing_info: { state: 'in_progress', progress_percent: 700, check_after_secs: -4 },
  });
  expect((await step(video, at('processing'), [odd])).result).toMatchObject({
    state: 'processing',
    percent: null,
    checkAfterSeconds: 5,
  });
  expect((await step(video, at('processing'), [refusal('', 404)])).result).toEqual({ state: 'again' });
});

it('reports a post with our text whose pictures X hides', async () => {
  const { io } = scripted(x, [ok({ data: [{ id: '9', text: 'A fox' }] })]);
  const media = [{ remoteId: '1', kind: 'picture' as const }];
  const found = await x.functions.lookup?.(io, { text: 'A fox', media, since: NOW, exclude: [] });
  expect(found).toEqual({
    found: 'unclear',
    why: 'X shows a post with the same text, but without its pictures.',
  });
});
