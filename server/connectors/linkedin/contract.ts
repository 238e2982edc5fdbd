import { sampleGif, sampleJpeg, sampleMp4, samplePng } from '@/server/domains/files/testing';
import type { ContractIo, PlatformContract } from '@/tests/contracts/define';
import type { Contract } from '@/tests/contracts/readers/contract';
import { oauth } from '@/tests/contracts/readers/oauth';
import { openApi } from '@/tests/contracts/readers/openapi';
import { postman } from '@/tests/contracts/readers/postman';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const PERSON = 'urn:li:person:kJ3mQ0x1aZ';
const PAGE = 'urn:li:organization:79821345';
const NOTHING = 'urn:li:share:1';
const TEXT_ONLY = 'LinkedIn describes it only as text.';

export const linkedinContract: PlatformContract = {
  load: async () => [
    // Parameters of every list: https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/pagination
    await openApi('linkedin/posts-userinfo.transcribed.json', { everywhere: ['start', 'count'] }),
    oauth('linkedin'),
    only(/^\/rest\/documents\//, postman('linkedin/content-apis.postman_collection.json', '/rest')),
  ],
  withoutContract: {
    putFile: 'The address of the file is part of an answer.',
    findPosts: TEXT_ONLY,
    organizationsLookup: 'The collection has a sample with other pages, and nothing else.',
    organizationalEntityShareStatistics: 'The collection has only statistics of a time, not those of posts.',
    getVideo: TEXT_ONLY,
    createComment: TEXT_ONLY,
    findComments: TEXT_ONLY,
    deleteComment: TEXT_ONLY,
  },
  account: 'mira-okafor',
  pick: [PERSON, PAGE],
  ablest: PAGE,
  options: { 'visibility = CONNECTIONS': { as: PERSON } },
  ownLimits: [
    {
      name: 'a page, whose posts are public',
      as: PAGE,
      expected: { options: { visibility: { choices: ['PUBLIC'] } } },
    },
    { name: 'a person', as: PERSON, expected: null },
  ],
  scenarios: {
    async publish(given) {
      const io = await given.as(PAGE);
      const input = {
        text: 'Prints (50 %) are <here> #new_year #1 @us _now_',
        link: 'https://example.com/a_page',
        idempotencyKey: 'k',
      };
      const { remoteId } = await io.call('publish', input);
      await io.refused(io.call('publish', input));
      await io.refused(io.call('publish', { text: '', idempotencyKey: 'e' }));
      const closed = { text: 'Not to be reposted', idempotencyKey: 'c' };
      await io.call('publish', { ...closed, options: { visibility: 'PUBLIC', reshare: false } });
      const connections = { visibility: 'CONNECTIONS', reshare: true };
      const hidden = { text: 'For those I know', idempotencyKey: 'h', options: connections };
      await io.refused(io.call('publish', hidden));
      const person = await given.as(PERSON);
      await person.call('publish', hidden);
      const comment = {
        text: 'And more',
        link: 'https://example.com/',
        replyTo: remoteId,
        idempotencyKey: 'r',
      };
      await io.call('publish', comment);
      await io.refused(io.call('publish', { ...comment, replyTo: NOTHING }));
      await io.fail('createPost', '429');
      await io.refused(io.call('publish', { text: 'Too much', idempotencyKey: 't' }));
      io.advance(DAY_MS);
    },

    async lookup(given) {
      const io = await given.as(PAGE);
      const since = new Date(io.now().getTime() - MINUTE_MS);
      const input = { text: 'To be #found (soon)', link: 'https://example.com/f', idempotencyKey: 'l' };
      await expectLookup(io, 'absent', input, since);
      const { remoteId } = await io.call('publish', input);
      await expectLookup(io, 'yes', input, since);
      const comment = { text: 'Below it', replyTo: remoteId, idempotencyKey: 'lc' };
      await expectLookup(io, 'absent', comment, since);
      await io.call('publish', comment);
      await expectLookup(io, 'yes', comment, since);
    },

    async upload(given) {
      const io = await given.as(PAGE);
      const square = { kind: 'picture', mime: 'image/png', bytes: samplePng(3, 3) } as const;
      const photo = { kind: 'picture', mime: 'image/jpeg', bytes: sampleJpeg(4, 4, 300_000) } as const;
      const pictures = [{ ...(await io.upload(square)), alt: 'A square' }, await io.upload(photo)];
      const since = new Date(io.now().getTime() - MINUTE_MS);
      const input = { text: 'Two pictures', media: pictures, idempotencyKey: 'm' };
      await io.call('publish', input);
      await expectLookup(io, 'yes', input, since);
      const blinking = await io.upload({ kind: 'gif', mime: 'image/gif', bytes: sampleGif(3) });
      await io.call('publish', { text: '', media: [{ ...blinking, alt: 'It blinks' }], idempotencyKey: 'g' });
      const bytes = sampleMp4({ seconds: 3, width: 64, height: 64, padding: 9_000_000 });
      const film = { kind: 'video', mime: 'video/mp4', bytes } as const;
      const shown = { text: 'A film', media: [await io.upload(film)], idempotencyKey: 'v' };
      await io.call('publish', shown);
      await expectLookup(io, 'yes', shown, since);
      const paper = {
        kind: 'document',
        mime: 'application/pdf',
        bytes: Buffer.from('%PDF-1.4\n%%EOF\n'),
      } as const;
      const titled = { ...(await io.upload(paper)), alt: 'Price list' };
      await io.call('publish', { text: 'Prices', media: [titled], idempotencyKey: 'd' });
      for (const operation of ['videoUploadAction', 'getVideo'] as const) {
        await io.fail(operation, '429');
        await io.refused(io.upload(film));
      }
    },

    async engagement(given) {
      const io = await given.as(PAGE);
      const { remoteId } = await io.call('publish', { text: 'To be counted', idempotencyKey: 'n' });
      io.advance(6 * 60 * MINUTE_MS);
      const [counted] = await io.call('engagement', { remoteIds: [remoteId, NOTHING] });
      if (counted?.remoteId !== remoteId) throw new Error('The post was not counted');
    },

    async remove(given) {
      const io = await given.as(PAGE);
      const { remoteId } = await io.call('publish', { text: 'To be removed', idempotencyKey: 'x' });
      const comment = { text: 'A comment', replyTo: remoteId, idempotencyKey: 'xc' };
      const part = await io.call('publish', comment);
      for (let i = 0; i < 2; i++) await io.call('remove', { remoteId: part.remoteId });
      // Beyond the life of a token.
      io.advance(61 * DAY_MS);
      for (let i = 0; i < 2; i++) await io.call('remove', { remoteId });
    },
  },
};

/** Leaves the rest of a document out: it has operations of the same path about something else. */
const only = (path: RegExp, document: Contract): Contract => ({
  find: (exchange) => (path.test(exchange.path) ? document.find(exchange) : null),
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
