import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bodyOf, type TestSandbox, testSandbox } from '../test-sandbox';
import { telegram } from '.';

let s: TestSandbox;
let token: string;
beforeAll(async () => {
  s = await testSandbox({}, [telegram]);
});
afterAll(() => s.db.close());
beforeEach(async () => {
  await s.control('/reset');
  token = await s.key('telegram', 'mira_draws_bot');
});

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const raw = (method: string, json: object, bot = token) =>
  s.call('POST', `/telegram/bot${bot}/${method}`, { json });
const call = async (method: string, json: object = {}) => bodyOf(await raw(method, json));
const send = (text: string, more: object = {}) =>
  call('sendMessage', { chat_id: '@miradraws', text, ...more });
async function upload(method: string, files: Record<string, Buffer>, fields: Record<string, string>) {
  const form = new FormData();
  for (const [key, value] of Object.entries({ chat_id: '@miradraws', ...fields })) form.set(key, value);
  for (const [key, bytes] of Object.entries(files))
    form.set(key, new Blob([new Uint8Array(bytes)]), `${key}.png`);
  return bodyOf(await s.call('POST', `/telegram/bot${token}/${method}`, { body: form }));
}
const refused = (error_code: number, description: RegExp | string) => ({
  ok: false,
  error_code,
  description: expect.stringMatching(description),
});

it('a token is in the path, and works until its bot ends it', async () => {
  expect(token).toMatch(/^7104428391:[\w-]{35}$/);
  expect((await call('getMe')).result).toMatchObject({ is_bot: true, username: 'mira_draws_bot' });
  const answer = await s.call('GET', `/telegram/bot${token}/getMe`);
  expect((await bodyOf(answer)).ok).toBe(true);
  expect(await bodyOf(await raw('getMe', {}, '1:nobody'))).toMatchObject(refused(401, /^Unauthorized$/));
  await s.control('/revoke', { platform: 'telegram' });
  expect(await call('getMe')).toMatchObject(refused(401, /^Unauthorized$/));
});

describe('messages', () => {
  it('are numbered, answer each other and are deleted', async () => {
    const first = (await send('One')).result;
    expect(first).toMatchObject({ text: 'One', chat: { username: 'miradraws', type: 'channel' } });
    const reply = { reply_parameters: { message_id: first.message_id } };
    const second = (await send('Two', { ...reply, protect_content: true })).result;
    expect(second).toMatchObject({
      message_id: first.message_id + 1,
      has_protected_content: true,
      reply_to_message: { message_id: first.message_id },
    });
    expect(await (await s.call('GET', '/telegram/miradraws')).text()).toContain('Two');
    const remove = () => call('deleteMessage', { chat_id: '@miradraws', message_id: first.message_id });
    expect(await remove()).toEqual({ ok: true, result: true });
    expect(await remove()).toMatchObject(refused(400, /message to delete not found/));
    expect(await send('Three', reply)).toMatchObject(refused(400, /message to be replied not found/));
    s.clock.advance(49 * 3_600_000);
    const old = { chat_id: '@miradraws', message_id: second.message_id };
    expect(await call('deleteMessage', old)).toMatchObject(refused(400, /can't be deleted/));
  });

  it('have a length, and a caption a shorter one', async () => {
    expect(await send(' ')).toMatchObject(refused(400, /text is empty/));
    expect(await send('x'.repeat(4097))).toMatchObject(refused(400, /message is too long/));
    expect((await send('x'.repeat(4096))).ok).toBe(true);
    const photo = (caption: string, bytes = PNG) => upload('sendPhoto', { photo: bytes }, { caption });
    expect(await photo('x'.repeat(1025))).toMatchObject(refused(400, /caption is too long/));
    expect(await photo('A dot')).toMatchObject({ result: { caption: 'A dot', photo: [{ file_size: 70 }] } });
    expect(await photo('', Buffer.from('no picture'))).toMatchObject(refused(400, /IMAGE_PROCESS_FAILED/));
    expect(await upload('sendVideo', {}, {})).toMatchObject(refused(400, /there is no video/));
  });

  it('of an album are several, and some stay if one fails', async () => {
    const media = JSON.stringify([
      { type: 'photo', media: 'attach://a', caption: 'Both' },
      { type: 'photo', media: 'attach://b' },
    ]);
    const { result } = await upload('sendMediaGroup', { a: PNG, b: PNG }, { media });
    expect(result).toMatchObject([{ caption: 'Both' }, { message_id: result[0].message_id + 1 }]);
    await s.control('/faults', {
      platform: 'telegram',
      operation: 'sendMediaGroup',
      kind: 'processing_fails',
      count: 1,
    });
    const failed = await upload('sendMediaGroup', { a: PNG, b: PNG }, { media });
    expect(failed).toMatchObject(refused(400, /failed to send message #2/));
    expect((await s.call('GET', `/telegram/miradraws/${result[1].message_id + 1}`)).status).toBe(200);
    const one = JSON.stringify([{ type: 'photo', media: 'attach://a' }]);
    expect(await upload('sendMediaGroup', { a: PNG }, { media: one })).toMatchObject(refused(400, /2 to 10/));
  });

  it('are limited for each channel, and the refusal says how long', async () => {
    for (let i = 0; i < 20; i++) expect((await send(`Number ${i}`)).ok).toBe(true);
    const answer = await raw('sendMessage', { chat_id: '@miradraws', text: 'One more' });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '60']);
    expect(await bodyOf(answer)).toMatchObject({
      description: 'Too Many Requests: retry after 60',
      parameters: { retry_after: 60 },
    });
    expect((await call('sendMessage', { chat_id: '-1001987654321', text: 'Elsewhere' })).ok).toBe(true);
  });
});

describe('a channel', () => {
  const right = (right: string, channel: string) =>
    s.control('/telegram/right', { bot: 'mira_draws_bot', channel, right });

  it('lets a bot do what its administrators allow', async () => {
    const member = async (chat_id: string) =>
      (await call('getChatMember', { chat_id, user_id: 7104428391 })).result;
    expect(await member('@miradraws')).toMatchObject({ status: 'administrator', can_post_messages: true });
    expect(await member('@devnotes_leo')).toMatchObject({ can_post_messages: false });
    expect(await call('sendMessage', { chat_id: '@devnotes_leo', text: 'a' })).toMatchObject(
      refused(400, /need administrator rights in the channel chat/),
    );
    await right('kicked', 'miradraws');
    expect(await send('a')).toMatchObject(refused(403, /bot was kicked from the channel chat/));
    await right('none', 'miradraws');
    expect(await send('a')).toMatchObject(refused(403, /bot is not a member of the channel chat/));
    expect(await member('@miradraws')).toMatchObject({ status: 'left' });
  });

  it('that is private has a number and no name', async () => {
    const chat = (await call('getChat', { chat_id: '-1001987654321' })).result;
    expect(chat).toMatchObject({ type: 'channel', title: 'Studio notes' });
    expect(chat).not.toHaveProperty('username');
    await right('none', '1987654321');
    const hidden = await call('getChat', { chat_id: '-1001987654321' });
    expect(hidden).toMatchObject(refused(400, /chat not found/));
    const moved = await s.call('GET', '/telegram/c/1987654321/5');
    expect(moved.headers.get('location')).toMatch(/\/telegram\/1987654321\/5$/);
  });
});
