import { completeConnection } from '@/server/domains/connections/complete-connection';
import { startConnection } from '@/server/domains/connections/start-connection';
import { consent } from '@/server/domains/connections/testing';
import { sampleGif, sampleJpeg, sampleMp4, samplePng } from '@/server/domains/files/testing';
import type { ContractIo, PlatformContract } from '@/tests/contracts/define';
import { isObject, type Json } from '@/tests/contracts/readers/contract';
import { oauth } from '@/tests/contracts/readers/oauth';
import { openApi } from '@/tests/contracts/readers/openapi';
import { mastodonOptions } from './options';

const NOBODY = '123';
const MINUTE_MS = 60_000;
const SERVER = 'mastodon.example';

/** The document says two things that its own descriptions contradict: https://docs.joinmastodon.org/methods/statuses/#create */
function amend(document: Json): void {
  const { post } = (document.paths as Record<string, Json>)['/api/v1/statuses'] as { post: Json };
  // "Any arbitrary string".
  for (const parameter of post.parameters as Json[]) parameter.schema = { type: 'string' };
  // A post may have a text besides its media or its poll, and is then more than one of these.
  const body = (post.requestBody as { content: Record<string, { schema: Json }> }).content[
    'application/json'
  ];
  if (body && Array.isArray(body.schema.oneOf)) body.schema = { anyOf: body.schema.oneOf.filter(isObject) };
}

export const mastodonContract: PlatformContract = {
  load: async () => [oauth('mastodon'), await openApi('mastodon/schema.json', { amend })],
  account: 'mira',
  options: {
    language: { text: 'ne' },
    pollAnswer1: { with: { pollAnswer2: 'No' } },
    pollAnswer2: { with: { pollAnswer1: 'Yes' } },
    pollAnswer3: { with: { pollAnswer1: 'Yes', pollAnswer2: 'No' } },
    pollAnswer4: { with: { pollAnswer1: 'Yes', pollAnswer2: 'No', pollAnswer3: 'Perhaps' } },
  },
  ownLimits: [
    {
      name: 'a server with longer texts and fewer pictures',
      control: [
        'mastodon/limits',
        {
          server: SERVER,
          limits: {
            max_characters: 900,
            max_media_attachments: 2,
            characters_reserved_per_url: 40,
            image_size_limit: 2_000_000,
            image_matrix_limit: 1_000_000,
            supported_mime_types: ['image/png', 'image/jpeg'],
            description_limit: 300,
            max_options: 3,
            max_characters_per_option: 20,
            max_expiration: 86_400,
          },
        },
      ],
      expected: {
        characters: 900,
        linkCharacters: 40,
        pictures: { most: 2, bytes: 2_000_000, longestSide: 1000, mimes: ['image/jpeg', 'image/png'] },
        gif: null,
        video: null,
        descriptionCharacters: 300,
        options: {
          pollAnswer1: { maxLength: 20 },
          pollAnswer2: { maxLength: 20 },
          pollAnswer3: { maxLength: 20 },
          pollAnswer4: { offered: false },
          pollLength: { choices: ['300', '1800', '3600', '21600', '43200', '86400'] },
        },
      },
    },
    {
      name: 'a server with shorter texts',
      control: ['mastodon/limits', { server: SERVER, limits: { max_characters: 120 } }],
      expected: { characters: 120 },
    },
    {
      name: 'a server that reports nonsense',
      control: [
        'mastodon/limits',
        {
          server: SERVER,
          reported: {
            max_characters: 0,
            max_media_attachments: -1,
            image_size_limit: 1.5,
            supported_mime_types: ['text/html'],
            max_options: 0,
            max_expiration: -1,
            description_limit: 'much',
          },
        },
      ],
      expected: { gif: null, video: null },
    },
    {
      name: 'a server that reports far more than anybody needs',
      control: [
        'mastodon/limits',
        { server: SERVER, reported: { max_media_attachments: 10 ** 12, description_limit: 10 ** 12 } },
      ],
      expected: { pictures: { most: 20 }, descriptionCharacters: 10_000 },
    },
    {
      name: 'a server with the usual limits',
      control: ['mastodon/limits', { server: SERVER }],
      expected: null,
    },
  ],
  async connect({ handler, world }, account) {
    const platform = 'mastodon';
    const { url } = await startConnection(world.ctx, {
      platform,
      environment: 'sandbox',
      server: SERVER,
      returnTo: '/connections',
    });
    const input = { platform, ...(await consent(handler, url, account)) } as const;
    return (await completeConnection({ ctx: world.ctx, input })).connectionIds;
  },
  scenarios: {
    async publish(io) {
      const input = {
        text: 'A line & <another>\nfor @leo@other.example #tea',
        link: 'https://www.example.com/a/page/with/a/long/path?and=parameters',
        idempotencyKey: 'k',
      };
      const { remoteId } = await io.call('publish', input);
      const again = await io.call('publish', input);
      if (again.remoteId !== remoteId) throw new Error('The same key made a second post');
      await io.refused(io.call('publish', { ...input, text: 'x'.repeat(600), idempotencyKey: 'long' }));
      const reply = { text: 'And a second part', replyTo: remoteId, idempotencyKey: 'r' };
      await io.call('publish', reply);
      await io.refused(io.call('publish', { ...reply, replyTo: NOBODY, idempotencyKey: 'none' }));
      const repost = { text: '', repostOf: remoteId, idempotencyKey: 'p' };
      for (let i = 0; i < 2; i++) await io.call('publish', repost);
      await io.refused(io.call('publish', { ...repost, repostOf: NOBODY }));
      await publishOptions(io);
      for (const kind of ['429', '500_before'] as const) {
        await io.fail('createStatus', kind);
        await io.refused(io.call('publish', { text: kind, idempotencyKey: kind }));
      }
    },

    async lookup(io) {
      const since = new Date(io.now().getTime() - MINUTE_MS);
      const options = { visibility: 'private', warning: 'Food & drink' };
      const input = {
        text: 'To be found 茶, by @leo@other.example\n\n\nand #others',
        link: 'https://example.com/found/at/a/rather/long/address?with=more&than=this',
        options,
        idempotencyKey: 'l',
      };
      const { remoteId } = await io.call('publish', input);
      const reply = { text: 'Below it', replyTo: remoteId, options, idempotencyKey: 'lr' };
      await io.call('publish', reply);
      for (const sent of [input, reply]) await expectFound(io, sent, since);
      io.advance(MINUTE_MS);
      await io.fail('getAccountStatuses', '429');
      await io.refused(io.call('lookup', { ...input, since, exclude: [] }));
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
      const mixed = { text: 'Too much', media: [video, await io.upload(square)], idempotencyKey: 'w' };
      await io.refused(io.call('publish', mixed));
      await io.call('publish', { text: 'A film', media: [video], idempotencyKey: 'v' });
      // Used already, and never there.
      for (const gone of [video, { remoteId: NOBODY, kind: 'picture' } as const])
        await io.refused(io.call('publish', { text: 'Gone', media: [gone], idempotencyKey: gone.remoteId }));
      for (const operation of ['createMediaV2', 'getMedia']) {
        await io.fail(operation, '500_before');
        await io.refused(io.upload({ ...blinking, bytes: sampleGif(2) }));
      }
    },

    async engagement(io) {
      const { remoteId } = await io.call('publish', { text: 'To be counted', idempotencyKey: 'e' });
      const second = await io.call('publish', { text: 'To be counted as well', idempotencyKey: 'e2' });
      await io.call('engagement', { remoteIds: [remoteId, second.remoteId, NOBODY] });
      // A server before 4.3.
      await io.control('settings', { mastodonOlder: true });
      await io.call('engagement', { remoteIds: [remoteId, NOBODY] });
      await io.control('settings', { mastodonOlder: false });
      await io.fail('getStatuses', '429');
      await io.refused(io.call('engagement', { remoteIds: [remoteId] }));
    },

    async remove(io) {
      const { remoteId } = await io.call('publish', { text: 'To be removed', idempotencyKey: 'd' });
      await io.call('remove', { remoteId });
      await io.call('remove', { remoteId });
      await io.fail('deleteStatus', '500_before');
      await io.refused(io.call('remove', { remoteId: NOBODY }));
    },
  },
};

/** Uses each option, and each of its choices. */
async function publishOptions(io: ContractIo): Promise<void> {
  const poll = {
    pollAnswer1: 'Tea',
    pollAnswer2: 'Coffee',
    pollAnswer3: 'Water',
    pollAnswer4: 'Nothing',
    pollMultiple: true,
  };
  const more = { warning: 'A warning', sensitive: true, language: 'en' };
  for (const { id, ...field } of mastodonOptions) {
    if (!('choices' in field)) continue;
    for (const { value } of field.choices) {
      const options = { ...more, pollLength: '86400', ...poll, [id]: value };
      const idempotencyKey = `option-${id}-${value}`;
      await io.call('publish', { text: idempotencyKey, options, idempotencyKey });
    }
  }
  const twice = { ...poll, pollAnswer2: 'Tea', pollLength: '3600' };
  await io.refused(io.call('publish', { text: 'Twice', options: twice, idempotencyKey: 'twice' }));
}

async function expectFound(
  io: ContractIo,
  sent: Parameters<typeof io.call<'publish'>>[1],
  since: Date,
): Promise<void> {
  const { found } = await io.call('lookup', { ...sent, since, exclude: [] });
  if (found !== 'yes') throw new Error(`The look-up did not find “${sent.text}”`);
}
