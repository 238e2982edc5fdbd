import { sampleGif, sampleMp4, samplePng } from '@/server/domains/files/testing';
import type { ContractIo, PlatformContract } from '@/tests/contracts/define';
import { type Contract, isObject, type Json, parseJson } from '@/tests/contracts/readers/contract';
import { metaSpecs } from '@/tests/contracts/readers/meta';
import { openApi } from '@/tests/contracts/readers/openapi';
import { FILE_PARTS, offsetProblems, UPLOADS } from './contract-uploads';

const MINUTE_MS = 60_000;
const NOTHING = '1_2';

export const facebookContract: PlatformContract = {
  load: async () => [
    butUploads(
      await openApi('meta/facebook-page-publishing.transcribed.json', {
        everywhere: ['after', 'before', 'since', 'until'],
      }),
    ),
    metaSpecs('meta/api_specs', ['Page', 'User', 'Application', 'PagePost'], {
      edges: UPLOADS,
      files: FILE_PARTS,
    }),
  ],
  also({ status, answer }) {
    const body = status >= 400 ? parseJson(answer) : undefined;
    const error = isObject(body) ? (body.error as Json | undefined) : undefined;
    return { request: [], answer: offsetProblems(error) };
  },
  account: 'mira.okafor',
  pick: ['104857291638475', '109238475610293'],
  webhooks: {
    async posts(io) {
      const { remoteId } = await io.call('publish', { text: 'To be reported', idempotencyKey: 'w' });
      await io.control('facebook/happens', { post: remoteId, what: 'reaction' });
    },
  },
  scenarios: {
    async publish(io) {
      const input = { text: 'Hello there', link: 'https://example.com/page', idempotencyKey: 'k' };
      const { remoteId } = await io.call('publish', input);
      await io.call('publish', { text: 'No link', idempotencyKey: 'l' });
      await io.refused(io.call('publish', { text: '', idempotencyKey: 'e' }));
      const comment = {
        text: 'A first comment',
        link: 'https://example.com/more',
        replyTo: remoteId,
        idempotencyKey: 'c',
      };
      await io.call('publish', comment);
      await io.refused(io.call('publish', { ...comment, text: '', link: '' }));
      await io.refused(io.call('publish', { ...comment, replyTo: NOTHING }));
      for (const kind of ['429', '500_before'] as const) {
        await io.fail('fbFeed', kind);
        await io.refused(io.call('publish', { text: kind, idempotencyKey: kind }));
      }
    },

    async lookup(io) {
      const since = new Date(io.now().getTime() - MINUTE_MS);
      const input = { text: 'To be found', link: 'https://example.com/found', idempotencyKey: 'lk' };
      const { remoteId } = await io.call('publish', input);
      await expectLookup(io, 'yes', input, since);
      const comment = { text: 'Below it', replyTo: remoteId, idempotencyKey: 'lc' };
      await expectLookup(io, 'absent', comment, since);
      await io.call('publish', comment);
      await expectLookup(io, 'yes', comment, since);
    },

    async upload(io) {
      const square = { kind: 'picture', mime: 'image/png', bytes: samplePng(3, 3), alt: 'A square' } as const;
      const photos = [
        await io.upload(square),
        await io.upload({ ...square, bytes: samplePng(4, 4), alt: '' }),
      ];
      const since = new Date(io.now().getTime() - MINUTE_MS);
      const link = 'https://example.com/more';
      const input = { text: 'Two photos', link, media: photos, idempotencyKey: 'm' };
      await io.call('publish', input);
      await expectLookup(io, 'yes', input, since);
      // A photo that a post has used is not available for another post.
      await io.refused(io.call('publish', input));
      const bytes = sampleMp4({ seconds: 3, width: 64, height: 64, padding: 9_000_000 });
      const film = { kind: 'video', mime: 'video/mp4', bytes } as const;
      const shown = { text: 'A film', media: [await io.upload(film)], idempotencyKey: 'v' };
      await expectLookup(io, 'absent', shown, since);
      await io.call('publish', shown);
      await expectLookup(io, 'yes', shown, since);
      const blinking = await io.upload({ kind: 'gif', mime: 'image/gif', bytes: sampleGif(3) });
      await io.call('publish', { text: 'It blinks', media: [blinking], idempotencyKey: 'g' });
      await io.fail('fbPhoto', '500_before');
      await io.refused(io.upload({ ...square, bytes: samplePng(2, 2) }));
      await io.fail('fbVideo', '500_before');
      await io.refused(io.upload(film));
    },

    async engagement(io) {
      const { remoteId } = await io.call('publish', { text: 'To be counted', idempotencyKey: 'n' });
      io.advance(6 * 60 * MINUTE_MS);
      await io.call('engagement', { remoteIds: [remoteId] });
      await io.call('engagement', { remoteIds: [remoteId, NOTHING] });
    },

    async remove(io) {
      const { remoteId } = await io.call('publish', { text: 'To be removed', idempotencyKey: 'r' });
      for (let i = 0; i < 2; i++) await io.call('remove', { remoteId });
    },
  },
};

/**
 * Leaves uploads of a file or chunk to Meta's own specs: the transcribed document only covers uploads by address (`url`, `file_url`).
 */
const butUploads = (document: Contract): Contract => ({
  find: (exchange) =>
    exchange.method === 'POST' && /\/(?:photos|videos)$/.test(exchange.path) ? null : document.find(exchange),
});

async function expectLookup(
  io: ContractIo,
  expected: 'yes' | 'absent',
  sent: Parameters<typeof io.call<'publish'>>[1],
  since: Date,
): Promise<void> {
  const { found } = await io.call('lookup', { ...sent, since, exclude: [] });
  if (found !== expected) throw new Error(`The look-up of “${sent.text}” answered ${found}`);
}
