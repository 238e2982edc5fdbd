import { fact } from '@/server/foundation/facts';
import { type ConnectorIo, defineConnector } from '../kit/connector';
import { faultOf, unlessGone, usableOnSignIn } from '../kit/refusals';
import { requestTimeoutMs } from '../kit/sending';
import { composeWith } from '../kit/text';
import type { Published } from '../kit/types';
import { readAddress } from './address';
import { noAccess, readFault } from './faults';
import { telegramManifest } from './manifest';
import { albumOf, chatIn, fieldsOf, fileOf, idOf, messagesIn, pathOf, textOf } from './transform';
import { webhooks } from './webhooks';
import {
  type Chat,
  deleteMessage,
  getChat,
  getChatMember,
  getMe,
  type Message,
  SEND,
  sendMediaGroup,
  sendMessage,
} from './wire';

export const telegram = defineConnector(telegramManifest, {
  hooks: {
    readAddress,
    idsIn: messagesIn,
    readFault,
    async identify(io, given) {
      const chat = await usableOnSignIn(() => channelOf(io, chatIn(given.channel ?? '')));
      const { id: remoteId, username } = chat;
      const remote: Record<string, string> = username ? { username } : {};
      return [{ remoteId, remote, name: nameOf(chat), url: username ? `${io.web}/${username}` : null }];
    },
    // Several channels of one bot share its address for updates.
    person: async (io) => (await getMe(io)).result.id,
    webhooks,
    check: async (io) => ({ name: nameOf(await channelOf(io, io.account.remoteId)) }),
  },
  functions: {
    async publish(io, input) {
      const text = composeWith(telegramManifest.post.text, input.text, input.link);
      const fields = fieldsOf(io.account.remoteId, input);
      const { media = [] } = input;
      const timeoutMs = requestTimeoutMs(media.reduce((sum, { bytes }) => sum + bytes, 0));
      const [file, ...others] = media;
      if (!file) {
        const { result } = await sendMessage(io, { form: { ...fields, ...textOf(text, input) } });
        return published(io, [result]);
      }
      if (others.length > 0) {
        const multipart = { ...fields, ...albumOf(text, media) };
        return published(io, (await sendMediaGroup(io, { multipart, timeoutMs })).result);
      }
      const { send, field } = SEND[file.kind];
      const multipart = { ...fields, ...fileOf(text, file), [field]: file };
      return published(io, [(await send(io, { multipart, timeoutMs })).result]);
    },

    async remove(io, { remoteId }) {
      let removed = false;
      for (const message_id of messagesIn(remoteId)) {
        const form = { chat_id: io.account.remoteId, message_id };
        removed = (await unlessGone(async () => (await deleteMessage(io, { form })).ok, false)) || removed;
      }
      return { removed };
    },
  },
});

/** Returns a channel in which the bot may post. Throws ConnectorFault if it is none or may not. */
async function channelOf(io: ConnectorIo, chat_id: string): Promise<Chat> {
  const { id: user_id } = (await getMe(io)).result;
  const chat = (await getChat(io, { query: { chat_id } })).result;
  if (chat.type !== 'channel') throw faultOf(noAccess(fact('platforms.telegram.errors.notChannel')));
  const { status, can_post_messages } = (await getChatMember(io, { query: { chat_id: chat.id, user_id } }))
    .result;
  if (status !== 'administrator' || can_post_messages !== true)
    throw faultOf(noAccess(fact('platforms.telegram.errors.noRight')));
  return chat;
}

const nameOf = ({ id, title, username }: Chat): string => title || username || id;

const published = (io: ConnectorIo, messages: readonly Message[]): Published => ({
  remoteId: idOf(messages),
  permalink: `${io.web}${pathOf(messages[0] as Message)}`,
});
