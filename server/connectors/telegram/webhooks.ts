import { z } from 'zod';
import { webhookTaken } from '../kit/refusals';
import type { WebhookHooks } from '../kit/webhooks';
import { wire } from '../kit/wire';
import { telegramManifest } from './manifest';
import { deleteWebhook, getWebhookInfo, setWebhook } from './wire';

/**
 * What Telegram sends to our address, which is one for each bot. Telegram does not report that a post was removed from a channel.
 * https://core.telegram.org/bots/api#update
 */
const UPDATES = ['my_chat_member'] as const;

const update = wire({
  update_id: z.int(),
  /** What the bot may do in a chat has changed. */
  my_chat_member: wire({ chat: wire({ id: z.int().transform(String) }) }).optional(),
});

export const webhooks: WebhookHooks = {
  read(body) {
    const said = update.safeParse(JSON.parse(body)).data;
    if (!said) return null;
    const { update_id, my_chat_member: changed } = said;
    return {
      id: String(update_id),
      notices: changed ? [{ topic: 'access', account: changed.chat.id }] : [],
    };
  },
  async setUp(io, at) {
    const { url } = (await getWebhookInfo(io)).result;
    if (url !== '' && !at.isOurs(url)) throw webhookTaken(telegramManifest.name);
    await setWebhook(io, {
      form: { url: at.url, secret_token: at.secret, allowed_updates: JSON.stringify(UPDATES) },
    });
  },
  async takeDown(io, at) {
    const { url } = (await getWebhookInfo(io)).result;
    if (at.isOurs(url)) await deleteWebhook(io);
  },
};
