import { z } from 'zod';
import { op } from '../kit/op';
import { wire } from '../kit/wire';

const ok = <T extends z.ZodType>(result: T) => wire({ ok: z.literal(true), result });
/** Ids of chats are negative for channels. */
const id = z.int().transform(String);
const text = z.string().max(1000).optional();

export const getMe = op.get('getMe', '/getMe', ok(wire({ id, username: text })));
const chat = wire({ id, type: z.string(), title: text, username: text });
export type Chat = z.output<typeof chat>;
export const getChat = op.get('getChat', '/getChat', ok(chat));
const member = wire({ status: z.string(), can_post_messages: z.boolean().optional() });
export const getChatMember = op.get('getChatMember', '/getChatMember', ok(member));

const message = wire({ message_id: z.int().positive().transform(String), chat });
export type Message = z.output<typeof message>;
const sent = ok(message);
export const sendMessage = op.post('sendMessage', '/sendMessage', sent);
/** How each kind of file is sent, and the part of the form that it is. */
export const SEND = {
  picture: { send: op.post('sendPhoto', '/sendPhoto', sent), field: 'photo' },
  gif: { send: op.post('sendAnimation', '/sendAnimation', sent), field: 'animation' },
  video: { send: op.post('sendVideo', '/sendVideo', sent), field: 'video' },
  document: { send: op.post('sendDocument', '/sendDocument', sent), field: 'document' },
} as const;
const album = ok(z.array(message).min(1).max(10));
export const sendMediaGroup = op.post('sendMediaGroup', '/sendMediaGroup', album);
export const deleteMessage = op.again('deleteMessage', '/deleteMessage', ok(z.literal(true)));

/** Empty if the bot has no address for updates. */
const webhookInfo = ok(wire({ url: z.string() }));
export const getWebhookInfo = op('getWebhookInfo', 'GET', '/getWebhookInfo', 'read', webhookInfo);
const done = ok(z.literal(true));
export const setWebhook = op('setWebhook', 'POST', '/setWebhook', 'idempotent', done);
export const deleteWebhook = op('deleteWebhook', 'POST', '/deleteWebhook', 'idempotent', done);

/** Every error of Telegram's own. Anything else comes from a network in front of it. */
export const problem = wire({
  ok: z.literal(false),
  error_code: z.int(),
  description: z.string(),
  parameters: wire({
    retry_after: z.number().positive().optional().catch(undefined),
    migrate_to_chat_id: z.unknown().optional(),
  })
    .optional()
    .catch(undefined),
});
