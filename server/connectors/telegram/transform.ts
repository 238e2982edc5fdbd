import { attached, formFields } from '../kit/form-fields';
import type { FileMedia } from '../kit/post-media';
import type { PublishInput } from '../kit/types';
import type { Message } from './wire';

type Sent = Pick<PublishInput, 'options' | 'replyTo'>;

/** Returns a channel as the Bot API names it: `@name` or `-100…`, from either of them or an address below t.me. */
export function chatIn(given: string): string {
  const place = given.replace(/^(?:https?:\/\/)?(?:t|telegram)\.me\//i, '').replace(/^@/, '');
  if (place.startsWith('-100')) return place;
  const [first = '', second = ''] = place.split('/');
  return first.toLowerCase() === 'c' ? `-100${second}` : `@${first}`;
}

/** An album consists of several messages. Its id has those of all of them, in order. */
export const idOf = (messages: readonly Message[]): string => messages.map((m) => m.message_id).join(',');
export const messagesIn = (remoteId: string): string[] => remoteId.split(',');

/** Returns the path of a post on t.me. A private channel's posts are shown only to its subscribers. */
export const pathOf = ({ message_id, chat }: Message): string =>
  chat.username ? `/${chat.username}/${message_id}` : `/c/${chat.id.replace(/^-100/, '')}/${message_id}`;

/** Returns the fields that all kinds of posts have in common. */
export const fieldsOf = (chatId: string, { options = {}, replyTo }: Sent): Record<string, string> =>
  formFields({
    chat_id: chatId,
    disable_notification: options.silent === true ? true : undefined,
    protect_content: options.protect === true ? true : undefined,
    reply_parameters: replyTo ? { message_id: Number(messagesIn(replyTo)[0]) } : undefined,
  });

/** Returns the fields of a text. Without an entity or a parse mode, Telegram takes it as it is. */
export const textOf = (text: string, { options = {} }: Sent): Record<string, string> =>
  formFields({ text, link_preview_options: options.preview === false ? { is_disabled: true } : undefined });

/** Returns the fields of one file. Telegram shows videos and GIFs in the size that it is told. */
export const fileOf = (caption: string, { kind, width, height }: FileMedia): Record<string, string> =>
  formFields({
    caption,
    ...((kind === 'video' || kind === 'gif') && width > 0 ? { width, height } : {}),
  });

/** Returns an album of pictures as the parts of a form. Its caption is that of the first one. */
export const albumOf = (
  caption: string,
  files: readonly FileMedia[],
): Record<string, string | FileMedia> => ({
  ...formFields({
    media: files.map((_, i) => ({
      type: 'photo',
      media: `attach://file${i}`,
      caption: i === 0 && caption ? caption : undefined,
    })),
  }),
  ...attached(files),
});
