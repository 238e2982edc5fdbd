import { expect, it } from 'vitest';
import { type Reply, scripted } from '../host/testing';
import type { PublishInput } from '../kit/types';
import { telegram } from '.';

const error = (code: number, description: string, parameters?: object): Reply => ({
  status: code,
  body: { ok: false, error_code: code, description, ...(parameters ? { parameters } : {}) },
});
const channel = { remoteId: '-1001402115836', remote: { username: 'miradraws' } };
async function fault(reply: Reply, input: Partial<PublishInput> = {}) {
  const { io } = scripted(telegram, [reply], channel);
  const sent = telegram.functions.publish?.(io, { text: 'Hello', idempotencyKey: 'k', ...input });
  return sent?.then(
    () => null,
    (e: unknown) => e,
  );
}

it.each([
  [401, 'Unauthorized', 'reauth', /no longer accepts the token/],
  [404, 'Not Found', 'reauth', /no longer accepts the token/],
  [403, 'Forbidden: bot was kicked from the channel chat', 'reauth', /was removed from this channel/],
  [403, 'Forbidden: bot is not a member of the channel chat', 'reauth', /does not belong to this channel/],
  [403, 'Forbidden: anything new', 'reauth', /does not belong to this channel/],
  [400, 'Bad Request: chat not found', 'reauth', /does not show this channel/],
  [400, 'Bad Request: need administrator rights in the channel chat', 'reauth', /may not post/],
  [400, 'Bad Request: CHAT_WRITE_FORBIDDEN', 'reauth', /may not post/],
  [400, 'Bad Request: message caption is too long', 'rejected', /1,024 characters in a post with media/],
  [400, 'Bad Request: MEDIA_CAPTION_TOO_LONG', 'rejected', /1,024 characters in a post with media/],
  [400, 'Bad Request: message is too long', 'rejected', /4,096 characters/],
  [400, 'Bad Request: PHOTO_INVALID_DIMENSIONS', 'rejected', /because of its shape/],
  [400, 'Bad Request: IMAGE_PROCESS_FAILED', 'rejected', /could not read a picture/],
  [400, 'Bad Request: message to be replied not found', 'rejected', /no longer exists/],
  [413, 'Request Entity Too Large', 'rejected', /files are too large/],
  [400, 'Bad Request: something new', 'rejected', /It said: Bad Request: something new/],
  [500, 'Internal Server Error: Request aborted', 'unknown_outcome', /do not know whether/],
  [
    400,
    'Bad Request: failed to send message #2 with the error message "WRONG"',
    'unknown_outcome',
    /Some of them/,
  ],
])('%i %s is %s', async (code, description, kind, words) => {
  expect(await fault(error(code, description))).toMatchObject({ kind, fact: expect.toSay(words) });
});

it('waits as long as Telegram says', async () => {
  const reply = error(429, 'Too Many Requests: retry after 400', { retry_after: 400 });
  expect(await fault(reply)).toMatchObject({ kind: 'rate_limited', options: { retryAfter: 400 } });
  const wrong = error(429, 'Too Many Requests', { retry_after: 'soon' });
  expect(await fault(wrong)).toMatchObject({ kind: 'rate_limited' });
});

it('says that a chat has moved', async () => {
  const reply = error(400, 'Bad Request: group chat was upgraded to a supergroup chat', {
    migrate_to_chat_id: -1001,
  });
  expect(await fault(reply)).toMatchObject({ kind: 'reauth', fact: expect.toSay(/moved this chat/) });
});

it.each([
  ['a page instead of the API', { status: 401, body: '<!doctype html><p>Denied' }, 'transient'],
  ['a refusal in another shape', { status: 401, body: { message: 'no' } }, 'transient'],
  ['success without a message', { status: 200, body: { ok: true } }, 'unknown_outcome'],
  ['success that is none', { status: 200, body: { ok: false } }, 'unknown_outcome'],
  [
    'a message without a number',
    { status: 200, body: { ok: true, result: { message_id: -1, chat: { id: 1, type: 'channel' } } } },
    'unknown_outcome',
  ],
] satisfies [string, Reply, string][])('is not misled by %s', async (_, reply, kind) => {
  expect(await fault(reply)).toMatchObject({ kind });
});
