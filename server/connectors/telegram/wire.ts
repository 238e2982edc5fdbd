import { z } from 'zod';
import { op } from '../kit/op';
import { wire } from '../kit/wire';

const ok = <T extends z.ZodType>(result: T) => wire({ ok: z.literal(true), result });
/** Ids of chats are negative for channels. */
const id = z.int().transform(String);
const text = z.string().max(1000).optional();

export const getMe = op('getMe', 'GET', '/getMe', 'read', ok(wire({ id, username: text })));
const chat = wire({ id, type: z.string(), title: text, username: text });
export type Chat = z.output<typeof chat>;
export const getChat = op('getChat', 'GET', '/getChat', 'read', ok(chat));
const member = wire({ status: z.string(), can_post_messages: z.boolean().optional() });
export const getChatMember = op('getChatMember', 'GET', '/getChatMember', 'read', ok(member));

const message = wire({ message_id: z.int().positive().transform(String), chat });
export type Message = z.output<typeof message>;
const sent = ok(message);
export const sendMessage = op('sendMessage', 'POST', '/sendMessage', 'effect', sent);
export const sendPhoto = op('sendPhoto', 'POST', '/sendPhoto', 'effect', sent);
export const sendAnimation = op('sendAnimation', 'POST', '/sendAnimation', 'effect', sent);
export const sendVideo = op('sendVideo', 'POST', '/sendVideo', 'effect', sent);
export const sendDocument = op('sendDocument', 'POST', '/sendDocument', 'effect', sent);
const album = ok(z.array(message).min(1).max(10));
export const sendMediaGroup = op('sendMediaGroup', 'POST', '/sendMediaGroup', 'effect', album);
export const deleteMessage = op('deleteMessage', 'POST', '/deleteMessage', 'idempotent', ok(z.literal(true)));

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
