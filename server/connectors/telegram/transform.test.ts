import { describe, expect, it } from 'vitest';
import { ok, scripted } from '../host/testing';
import { remoteIdIn } from '../kit/addresses';
import type { FileMedia } from '../kit/post-media';
import { countText } from '../text-rules';
import { telegram } from '.';
import { readAddress } from './address';
import { telegramManifest } from './manifest';
import { chatIn } from './transform';

const channel = { remoteId: '-1001402115836', remote: { username: 'miradraws' } };
const chat = { id: -1001402115836, type: 'channel', title: 'Mira Draws', username: 'miradraws' };
const file = (name: string, kind: FileMedia['kind'], mime: string): FileMedia => ({
  kind,
  name,
  mime,
  bytes: 3,
  width: 40,
  height: 30,
  alt: 'ignored',
  open: () => new Blob(['abc']).stream(),
});
async function sent(input: object, result: unknown = { message_id: 7, chat }) {
  const { io, asked } = scripted(telegram, [ok({ ok: true, result })], channel);
  const published = await telegram.functions.publish?.(io, {
    text: 'Hello <b>there</b>',
    idempotencyKey: 'k',
    ...input,
  });
  const [one] = asked;
  return { published, operation: one?.spec.operation, form: one?.spec.form, fields: one?.fields ?? {} };
}

describe('a post', () => {
  it('is a plain text with its options and the post that it answers', async () => {
    const options = { silent: true, protect: true, preview: false };
    expect(await sent({ link: 'https://example.com/a', options, replyTo: '5,6' })).toMatchObject({
      published: { remoteId: '7', permalink: 'http://web.test/miradraws/7' },
      operation: 'sendMessage',
      form: {
        chat_id: '-1001402115836',
        text: 'Hello <b>there</b>\n\nhttps://example.com/a',
        disable_notification: 'true',
        protect_content: 'true',
        link_preview_options: '{"is_disabled":true}',
        reply_parameters: '{"message_id":5}',
      },
    });
    const plain = await sent({ options: { silent: false, protect: false, preview: true } });
    expect(plain.form).toEqual({ chat_id: '-1001402115836', text: 'Hello <b>there</b>' });
  });

  it.each([
    ['picture', 'image/png', 'sendPhoto', 'photo', {}],
    ['gif', 'image/gif', 'sendAnimation', 'animation', { width: '40', height: '30' }],
    ['video', 'video/mp4', 'sendVideo', 'video', { width: '40', height: '30' }],
    ['document', 'application/pdf', 'sendDocument', 'document', {}],
  ] as const)('with one %s names the file', async (kind, mime, operation, field, more) => {
    const { operation: asked, fields } = await sent({ media: [file('a.bin', kind, mime)] });
    const { [field]: content, ...rest } = fields;
    expect([asked, (content as File).name]).toEqual([operation, 'a.bin']);
    expect(rest).toEqual({ chat_id: '-1001402115836', caption: 'Hello <b>there</b>', ...more });
  });

  it('with several pictures is an album of several messages', async () => {
    const media = [file('a.png', 'picture', 'image/png'), file('b.png', 'picture', 'image/png')];
    const result = [
      { message_id: 7, chat },
      { message_id: 8, chat },
    ];
    const { published, operation, fields } = await sent({ media }, result);
    expect(published).toEqual({ remoteId: '7,8', permalink: 'http://web.test/miradraws/7' });
    expect(operation).toBe('sendMediaGroup');
    expect(JSON.parse(String(fields.media))).toEqual([
      { type: 'photo', media: 'attach://file0', caption: 'Hello <b>there</b>' },
      { type: 'photo', media: 'attach://file1' },
    ]);
    expect([(fields.file0 as File).name, (fields.file1 as File).name]).toEqual(['a.png', 'b.png']);
  });

  it('in a private channel has the address that its subscribers see', async () => {
    const { published } = await sent({}, { message_id: 9, chat: { ...chat, username: undefined } });
    expect(published?.permalink).toBe('http://web.test/c/1402115836/9');
  });
});

it('a text is measured in UTF-16 code units, with its link', () => {
  expect(countText('telegram', '茶🧶')).toBe(3);
  expect(countText('telegram', 'e\u0301', 'https://example.com')).toBe(2 + 2 + 19);
});

describe('a channel', () => {
  const { pattern } = telegramManifest.auth.fields[1];
  it.each([
    ['@mira_draws', '@mira_draws'],
    ['mira_draws', '@mira_draws'],
    ['https://t.me/mira_draws', '@mira_draws'],
    ['t.me/mira_draws/77', '@mira_draws'],
    ['http://telegram.me/mira_draws', '@mira_draws'],
    ['https://t.me/c/1987654321/3', '-1001987654321'],
    ['-1001987654321', '-1001987654321'],
  ])('is entered as %s', (given, id) => {
    expect(new RegExp(`^(?:${pattern.source})$`, pattern.flags).test(given)).toBe(true);
    expect(chatIn(given)).toBe(id);
  });

  it.each(['@a', 'https://example.com/mira_draws', '12345', '-10012 34', 't.me/+AbCdEf', '@mira draws'])(
    'is not %s',
    (given) => {
      expect(new RegExp(`^(?:${pattern.source})$`, pattern.flags).test(given)).toBe(false);
    },
  );
});

describe('an address on Telegram', () => {
  const site = { name: 'Telegram', web: 'https://t.me', aliases: telegramManifest.webAliases };
  const read = (address: string, remote: Record<string, string> = channel.remote) =>
    remoteIdIn(readAddress, address, { ...channel, remote, remoteUrl: null }, site);

  it.each([
    'https://t.me/miradraws/77',
    'https://t.me/MiraDraws/77?single',
    'https://t.me/s/miradraws/77',
    'https://telegram.me/miradraws/77',
    'https://t.me/c/1402115836/77',
  ])('yields the number of the post: %s', (address) => {
    expect(read(address)).toEqual({ ok: true, remoteId: '77' });
  });

  it.each([
    ['https://example.com/miradraws/77', /not on Telegram/],
    ['https://t.me/miradraws', /not the URL of a post/],
    ['https://t.me/miradraws/0', /not the URL of a post/],
    ['https://t.me/miradraws/77x', /not the URL of a post/],
    ['https://t.me/somebody/77', /another channel/],
    ['https://t.me/c/1/77', /another channel/],
  ])('is refused if it cannot be the post: %s', (address, words) => {
    expect(read(address)).toEqual({ ok: false, why: expect.toSay(words) });
  });

  it('by a name is refused for a channel without one', () => {
    expect(read('https://t.me/miradraws/77', {})).toMatchObject({ ok: false });
  });
});
