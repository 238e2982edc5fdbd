import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { sampleGif, sampleJpeg, sampleMp4, samplePng } from '@/server/domains/files/testing';
import type { ContractIo, PlatformContract } from '@/tests/contracts/define';
import { contractFile } from '@/tests/contracts/readers/contract';
import { oauth } from '@/tests/contracts/readers/oauth';
import { openApi } from '@/tests/contracts/readers/openapi';
import { xFace } from './face';

const NOBODY = '123';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export const xContract: PlatformContract = {
  load: async () => [await openApi('x/openapi.json'), oauth('x')],
  account: 'mira_draws',
  scenarios: {
    async publish(io) {
      const input = { text: 'A line & <another>', link: 'https://example.com/page', idempotencyKey: 'k' };
      const { remoteId } = await io.call('publish', input);
      await io.refused(io.call('publish', input));
      await io.refused(io.call('publish', { ...input, text: 'x'.repeat(400) }));
      const reply = { text: 'And a second part', replyTo: remoteId, idempotencyKey: 'r' };
      await io.call('publish', reply);
      await io.refused(io.call('publish', { ...reply, replyTo: NOBODY }));
      const repost = { text: '', repostOf: remoteId, idempotencyKey: 'p' };
      for (let i = 0; i < 2; i++) await io.call('publish', repost);
      await io.refused(io.call('publish', { ...repost, repostOf: NOBODY }));
      await publishSamples(io);
      for (const kind of ['429', '500_before'] as const) {
        await io.fail('createPosts', kind);
        await io.refused(io.call('publish', { text: kind, idempotencyKey: kind }));
      }
    },

    async lookup(io) {
      const since = new Date(io.now().getTime() - MINUTE_MS);
      const input = { text: 'To be found', link: 'https://example.com/found', idempotencyKey: 'l' };
      const { remoteId } = await io.call('publish', input);
      const reply = { text: 'Below it', replyTo: remoteId, idempotencyKey: 'lr' };
      await io.call('publish', reply);
      for (const sent of [input, reply]) await expectFound(io, sent, since);
      // Beyond the life of a token.
      io.advance(2 * HOUR_MS);
      await io.call('lookup', { ...input, since, exclude: [] });
    },

    async upload(io) {
      const square = { kind: 'picture', mime: 'image/png', bytes: samplePng(3, 3), alt: 'A square' } as const;
      const photo = { kind: 'picture', mime: 'image/jpeg', bytes: sampleJpeg(4, 4, 3_000_000) } as const;
      const pictures = [await io.upload(square), await io.upload(photo)];
      const since = new Date(io.now().getTime() - MINUTE_MS);
      const input = { text: 'Two pictures', media: pictures, idempotencyKey: 'm' };
      await io.call('publish', input);
      await expectFound(io, input, since);
      const blinking = { kind: 'gif', mime: 'image/gif', bytes: sampleGif(3), alt: 'It blinks' } as const;
      await io.call('publish', { text: '', media: [await io.upload(blinking)], idempotencyKey: 'g' });
      const film = sampleMp4({ seconds: 3, width: 64, height: 64, padding: 5_000_000 });
      const video = await io.upload({ kind: 'video', mime: 'video/mp4', bytes: film });
      const mixed = { text: 'Too much', media: [video, ...pictures], idempotencyKey: 'w' };
      await io.refused(io.call('publish', mixed));
      await io.call('publish', { text: 'A film', media: [video], idempotencyKey: 'v' });
      const gone = [{ remoteId: NOBODY, kind: 'picture' }] as const;
      await io.refused(io.call('publish', { text: 'Gone', media: gone, idempotencyKey: 'n' }));
      for (const operation of [
        'initializeMediaUpload',
        'appendMediaUpload',
        'finalizeMediaUpload',
        'getMediaUploadStatus',
        'createMediaMetadata',
      ]) {
        await io.fail(operation, '500_before');
        await io.refused(io.upload({ ...blinking, bytes: sampleGif(2) }));
      }
    },

    async engagement(io) {
      const { remoteId } = await io.call('publish', { text: 'To be counted', idempotencyKey: 'e' });
      await io.call('engagement', { remoteIds: [remoteId, NOBODY] });
      await io.fail('getPostsByIds', '429');
      await io.refused(io.call('engagement', { remoteIds: [remoteId] }));
    },

    async remove(io) {
      const { remoteId } = await io.call('publish', { text: 'To be removed', idempotencyKey: 'd' });
      await io.call('remove', { remoteId });
      await io.call('remove', { remoteId: NOBODY });
    },
  },
};

async function expectFound(
  io: ContractIo,
  sent: Parameters<typeof io.call<'publish'>>[1],
  since: Date,
): Promise<void> {
  const { found } = await io.call('lookup', { ...sent, since, exclude: [] });
  if (found !== 'yes') throw new Error(`The look-up did not find “${sent.text}”`);
}

interface Sample {
  text: string;
  expected: { valid: boolean; weightedLength: number };
}

/** Publishes X's own samples of lengths, and expects a refusal of those that are too long: twitter-text/conformance/validate.yml. */
async function publishSamples(io: ContractIo): Promise<void> {
  const file = readFileSync(contractFile('x/text-conformance/validate.yml'), 'utf8');
  const { tests } = parse(file) as { tests: Record<string, Sample[]> };
  const samples = [
    ...(tests.WeightedTweetsWithDiscountedEmojiCounterTest ?? []),
    ...(tests.UnicodeDirectionalMarkerCounterTest ?? []),
  ];
  if (samples.length === 0) throw new Error('X’s file has no samples');
  for (const [i, { text, expected }] of samples.entries()) {
    const work = () => io.call('publish', { text, idempotencyKey: `sample-${i}` });
    if (expected.valid) await work();
    else if (expected.weightedLength > xFace.post.characters) await io.refused(work());
  }
}
