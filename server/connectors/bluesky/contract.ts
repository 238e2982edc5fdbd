import { signInWithFields } from '@/server/domains/connections/sign-in';
import { sampleJpeg, samplePng } from '@/server/domains/files/testing';
import type { PlatformContract, SignInPlace } from '@/tests/contracts/define';
import { lexicons } from '@/tests/contracts/readers/lexicon';
import { blueskyOptions } from './options';

const ACCOUNT = 'mira.bsky.social';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export const blueskyContract: PlatformContract = {
  load: () => [lexicons('bluesky/lexicons')],
  account: ACCOUNT,
  connect,
  scenarios: {
    async publish(io) {
      await signIn(io.world, ACCOUNT, 'abcd-efgh-2345-6777');
      const text =
        'A line for @tinyplates.bsky.social and @nobody.example #ink 🖋️ https://example.com/a/long/path';
      const input = { text, link: 'https://example.com/page', idempotencyKey: 'k' };
      const { remoteId } = await io.call('publish', input);
      // A server creates no second record under the same key.
      const again = await io.call('publish', input);
      if (again.remoteId !== remoteId) throw new Error('The same key made a second post');
      const reply = { text: 'And a second part', replyTo: remoteId, idempotencyKey: 'r' };
      const part = await io.call('publish', reply);
      await io.call('publish', { ...reply, replyTo: part.remoteId, idempotencyKey: 'r2' });
      await io.refused(io.call('publish', { ...reply, replyTo: `${remoteId}x`, idempotencyKey: 'r3' }));
      const repost = { text: '', repostOf: remoteId, idempotencyKey: 'p' };
      for (let i = 0; i < 2; i++) await io.call('publish', repost);
      for (const { id, choices } of blueskyOptions)
        for (const { value } of choices)
          await io.call('publish', {
            text: value,
            options: { [id]: value },
            idempotencyKey: `${id}-${value}`,
          });
      const picture = (bytes: Buffer, mime: string, alt: string) => ({
        kind: 'picture' as const,
        name: 'file',
        mime,
        bytes: bytes.length,
        width: 4,
        height: 3,
        alt,
        open: () => new Blob([new Uint8Array(bytes)]).stream(),
      });
      await io.call('publish', {
        text: '',
        media: [
          picture(samplePng(4, 3), 'image/png', 'A rectangle'),
          picture(sampleJpeg(4, 3, 900_000), 'image/jpeg', ''),
        ],
        idempotencyKey: 'm',
      });
      for (const kind of ['429', '500_before'] as const) {
        await io.fail('com.atproto.repo.createRecord', kind);
        await io.refused(io.call('publish', { text: kind, idempotencyKey: kind }));
      }
    },

    async lookup(io) {
      const since = new Date(io.now().getTime() - MINUTE_MS);
      const input = { text: 'To be found', idempotencyKey: 'l' };
      await io.fail('com.atproto.repo.createRecord', 'reset_after');
      await io.refused(io.call('publish', input));
      const asked = { text: input.text, since, exclude: [], keys: ['another', 'l'] };
      if ((await io.call('lookup', asked)).found !== 'yes') throw new Error('The post was not found');
      // Beyond the life of a token.
      io.advance(3 * HOUR_MS);
      if ((await io.call('lookup', { ...asked, keys: ['another'] })).found !== 'absent')
        throw new Error('A post was found under another key');
    },

    async engagement(io) {
      const [kept, gone] = await Promise.all(
        ['kept', 'gone'].map((key) => io.call('publish', { text: key, idempotencyKey: key })),
      );
      if (!kept || !gone) throw new Error('Nothing was published');
      await io.call('remove', { remoteId: gone.remoteId });
      await io.call('engagement', { remoteIds: [kept.remoteId, gone.remoteId] });
      await io.fail('app.bsky.feed.getPosts', '429');
      await io.refused(io.call('engagement', { remoteIds: [kept.remoteId] }));
    },

    async remove(io) {
      const { remoteId } = await io.call('publish', { text: 'To be removed', idempotencyKey: 'd' });
      for (let i = 0; i < 2; i++) await io.call('remove', { remoteId });
    },
  },
};

/** Signs in with a new app password. */
async function connect({ handler, world }: SignInPlace, account: string): Promise<readonly string[]> {
  const key = await handler(
    new Request('http://sandbox.test/sandbox/control/key', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ platform: 'bluesky', account }),
    }),
  );
  const { key: password } = (await key.json()) as { key: string };
  return (await signIn(world, account, password)).connectionIds;
}

const signIn = (world: SignInPlace['world'], handle: string, password: string) =>
  signInWithFields(world.ctx, {
    platform: 'bluesky',
    environment: 'sandbox',
    values: { handle, password },
  });
