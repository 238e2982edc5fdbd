import { describe, expect, it } from 'vitest';
import { fileOf, lost, ok, outcome, type Reply, scripted, UPLOADS } from '../host/testing';
import type { UploadOutput } from '../kit/types';
import { linkedin } from '.';

const PAGE = { remoteId: 'urn:li:organization:7', remote: {} };
const PART = 4 * 1024 * 1024;
const video = fileOf(PART + 10, { kind: 'video', mime: 'video/mp4' });
const picture = fileOf(100, { kind: 'picture', mime: 'image/png' });
const document = fileOf(100, { kind: 'document', mime: 'application/pdf' });
const address = (path: string) => `http://web.test/dms-uploads/${path}`;
const instruction = (path: string, firstByte: number, lastByte: number) => ({
  uploadUrl: address(path),
  firstByte,
  lastByte,
});
const begun = (uploadInstructions: object[]) =>
  ok({ value: { video: 'urn:li:video:v', uploadToken: 't', uploadInstructions } });
const whole = begun([instruction('v/0', 0, PART - 1), instruction('v/1?a=b', PART, PART + 9)]);
const stored = (etag?: string): Reply => ({ status: 200, body: '', headers: etag ? { etag } : {} });

async function run(input: typeof video, replies: Reply[]) {
  const { io, asked } = scripted(linkedin, replies, PAGE);
  const steps: unknown[] = [];
  let progress: unknown = null;
  while (replies.length > 0) {
    const work = linkedin.functions.upload?.(io, { ...input, progress }) ?? Promise.resolve();
    const step = (await outcome(work)) as UploadOutput;
    steps.push(step);
    if (!('progress' in step)) break;
    progress = JSON.parse(JSON.stringify(step.progress));
  }
  return { last: steps.at(-1), asked, steps };
}

it('sends a video in the parts that LinkedIn names, and its tags when it is complete', async () => {
  const { last, asked, steps } = await run(video, [
    whole,
    stored('"/one"'),
    stored('/two'),
    ok({}),
    ok({ status: 'PROCESSING' }),
    ok({ status: 'AVAILABLE' }),
  ]);
  expect(last).toEqual({ state: 'ready', remoteId: 'urn:li:video:v', expiresAt: null });
  expect(asked.map(({ url }) => url)).toEqual([
    'http://api.test/rest/videos?action=initializeUpload',
    `${UPLOADS}/dms-uploads/v/0`,
    `${UPLOADS}/dms-uploads/v/1?a=b`,
    'http://api.test/rest/videos?action=finalizeUpload',
    'http://api.test/rest/videos/urn%3Ali%3Avideo%3Av',
    'http://api.test/rest/videos/urn%3Ali%3Avideo%3Av',
  ]);
  expect(asked[3]?.spec.json).toEqual({
    finalizeUploadRequest: { video: 'urn:li:video:v', uploadToken: 't', uploadedPartIds: ['/one', '/two'] },
  });
  expect(steps[1]).toMatchObject({ state: 'uploading', sent: PART });
});

it('takes a picture as ready when LinkedIn has it, and waits for a document', async () => {
  const image = ok({ value: { image: 'urn:li:image:i', uploadUrl: address('i') } });
  expect((await run(picture, [image, stored()])).last).toMatchObject({ remoteId: 'urn:li:image:i' });
  const paper = ok({ value: { document: 'urn:li:document:d', uploadUrl: address('d') } });
  const { last } = await run(document, [paper, stored(), ok({ status: 'AVAILABLE' })]);
  expect(last).toMatchObject({ state: 'ready', remoteId: 'urn:li:document:d' });
  const failed = await run(document, [paper, stored(), ok({ status: 'PROCESSING_FAILED' })]);
  expect(failed.last).toMatchObject({ state: 'failed', problem: expect.toSay(/this document/) });
});

describe('starts over', () => {
  it.each([
    ['if the address has ended', { status: 404, body: { status: 404, message: 'Gone' } }],
    ['if LinkedIn does not take the part', { status: 400, body: { status: 400, message: 'Odd' } }],
  ])('%s', async (_, reply) => {
    expect((await run(video, [whole, reply])).last).toEqual({ state: 'again' });
  });
  it('if LinkedIn still waits for the file', async () => {
    const { last } = await run(video, [
      whole,
      stored('a'),
      stored('b'),
      ok({}),
      ok({ status: 'WAITING_UPLOAD' }),
    ]);
    expect(last).toEqual({ state: 'again' });
  });
});

describe('sends nothing', () => {
  it.each([
    ['elsewhere', 'https://evil.test/dms-uploads/v'],
    ['to a host that only begins like it', 'http://web.test.evil.test/dms-uploads/v'],
    ['to another part of the site', 'http://web.test/feed/v'],
  ])('%s', async (_, uploadUrl) => {
    const { last, asked } = await run(picture, [
      ok({ value: { image: 'urn:li:image:i', uploadUrl } }),
      stored(),
    ]);
    expect(last).toMatchObject({ kind: 'transient' });
    expect(asked).toHaveLength(1);
  });
  it.each([
    ['a gap', [instruction('v/0', 0, 10), instruction('v/1', 12, PART + 9)]],
    ['too little', [instruction('v/0', 0, PART - 1)]],
    ['too much', [instruction('v/0', 0, PART + 10)]],
  ])('if the parts have %s', async (_, parts) => {
    expect((await run(video, [begun(parts)])).last).toMatchObject({ kind: 'transient' });
  });
});

it('repeats a part whose answer is lost or has no tag', async () => {
  for (const reply of [lost(), stored()])
    expect((await run(video, [whole, reply])).last).toMatchObject({ kind: 'transient' });
});
