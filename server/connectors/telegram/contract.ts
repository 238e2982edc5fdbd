import { signInWithFields } from '@/server/domains/connections/sign-in';
import { sampleGif, sampleMp4, samplePng } from '@/server/domains/files/testing';
import { env } from '@/server/foundation/env';
import type { PlatformContract, SignInPlace } from '@/tests/contracts/define';
import { telegram } from '@/tests/contracts/readers/telegram';
import type { FileMedia, MediaKind } from '../kit/post-media';

const BOT = 'mira_draws_bot';

function sample(kind: MediaKind, mime: string, bytes: Buffer): FileMedia {
  const name = `file.${mime.split('/')[1]}`;
  const open = () => new Blob([new Uint8Array(bytes)]).stream();
  return { kind, name, mime, bytes: bytes.length, width: 64, height: 64, alt: '', open };
}
const picture = sample('picture', 'image/png', samplePng(3, 3));
const pdf = sample('document', 'application/pdf', Buffer.from('%PDF-1.4 test'));

/** Makes a bot's token as @BotFather does, and enters it with each of the bot's channels. */
async function connect({ handler, world }: SignInPlace, account: string): Promise<readonly string[]> {
  const made = await handler(
    new Request(`${env().appUrl}/sandbox/control/key`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ platform: 'telegram', account }),
    }),
  );
  const { key } = (await made.json()) as { key: string };
  const known = await handler(new Request(`${env().appUrl}/sandbox/control/accounts`));
  const { accounts } = (await known.json()) as {
    accounts: { id: string; platform: string; kind: string; parentId: string | null; handle: string }[];
  };
  const bot = accounts.find((one) => one.platform === 'telegram' && one.handle === account);
  const channels = accounts.filter(({ kind, parentId }) => kind === 'channel' && parentId === bot?.id);
  const ids: string[] = [];
  for (const { id } of channels) {
    const values = { token: key, channel: id };
    const input = { platform: 'telegram', environment: 'sandbox', values } as const;
    ids.push(...(await signInWithFields(world.ctx, input)).connectionIds);
  }
  return ids;
}

export const telegramContract: PlatformContract = {
  load: () => [telegram('telegram/api.json')],
  account: BOT,
  /** An update is what getUpdates returns several of. */
  async delivery({ body }, documents) {
    const asked = {
      platform: 'telegram',
      method: 'GET',
      host: 'api.telegram.org',
      path: '/bot1:x/getUpdates',
      query: new URLSearchParams(),
      headers: {},
      body: undefined,
      status: 200,
      answerType: 'application/json',
      answerHeaders: {},
      answer: `{"ok":true,"result":[${body}]}`,
    };
    const published = documents.map((one) => one.find(asked)).find((one) => one !== null);
    return { name: 'Update', wrong: (await published?.answer(asked)) ?? ['no document has updates'] };
  },
  connect,
  webhooks: {
    async access(io) {
      for (const right of ['look', 'post'])
        await io.control('telegram/right', { bot: BOT, channel: 'miradraws', right });
    },
  },
  scenarios: {
    async publish(io) {
      const publish = (input: object) =>
        io.call('publish', { text: 'A line & <another>', idempotencyKey: 'k', ...input });
      const { remoteId } = await publish({ link: 'https://example.com/page', options: { preview: false } });
      await publish({ replyTo: remoteId, options: { silent: true, protect: true } });
      await publish({ media: [picture], options: { silent: true, protect: true, preview: true } });
      await publish({ text: '', media: [picture, picture, picture], replyTo: remoteId });
      await publish({ media: [sample('gif', 'image/gif', sampleGif(3))] });
      const film = sampleMp4({ seconds: 3, width: 64, height: 64, padding: 2_000_000 });
      await publish({ media: [sample('video', 'video/mp4', film)] });
      await publish({ text: 'x'.repeat(1024), media: [pdf] });
      await publish({ text: '🧶'.repeat(2048) });
      await io.refused(publish({ replyTo: '999999' }));
      await io.refused(publish({ text: 'x'.repeat(4097) }));
      await io.refused(publish({ text: 'x'.repeat(1025), media: [picture] }));
      for (const kind of ['429', '500_before'] as const) {
        await io.fail('sendMessage', kind);
        await io.refused(publish({ text: kind }));
      }
      await io.fail('sendMediaGroup', 'processing_fails');
      await io.refused(publish({ media: [picture, picture] }));
    },

    async remove(io) {
      const text = { text: 'To be removed', idempotencyKey: 'd' };
      for (const media of [[], [picture, picture]]) {
        const { remoteId } = await io.call('publish', { ...text, media });
        for (let i = 0; i < 2; i++) await io.call('remove', { remoteId });
      }
      const { remoteId } = await io.call('publish', text);
      io.advance(49 * 3_600_000);
      await io.refused(io.call('remove', { remoteId }));
    },
  },
};
