import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { type Act, NotThere } from '../control/act';
import { select } from '../control/fields';
import { html, type Markup } from '../pages';
import { accounts } from '../schema';
import { findAccounts } from '../shell/accounts';
import type { World } from '../world';
import { rightIn } from './chats';
import { sendRightChange } from './updates';

const RIGHTS = {
  post: 'may post',
  look: 'may only look',
  kicked: 'is removed',
  none: 'does not belong to it',
};

/** Renders what an administrator of a channel lets bots do. */
export async function telegramSection(world: World, action: (path: string) => string): Promise<Markup> {
  const all = await findAccounts(world, 'telegram', {});
  const names = (isBot: boolean) =>
    all
      .filter(({ kind }) => (kind === 'person') === isBot)
      .map(({ handle, name }) => [handle, name] as const);
  return html`<h2>Telegram</h2>
<form method="post" action="${action('/telegram/right')}"><div class="row">${select('t-bot', 'bot', 'Bot', names(true))}
${select('t-channel', 'channel', 'Channel', names(false))}
${select('t-right', 'right', 'The bot', Object.entries(RIGHTS))}<button class="plain">Change</button></div></form>`;
}

export function telegramActions(act: Act, world: World): void {
  const find = async (handle: string, isBot: boolean) => {
    const found = await findAccounts(world, 'telegram', { handle });
    const one = found.find(({ kind }) => (kind === 'person') === isBot);
    if (!one) throw new NotThere(`There is no ${isBot ? 'bot' : 'channel'} "${handle}".`);
    return one;
  };
  act(
    'POST',
    '/telegram/right',
    z.object({
      bot: z.string(),
      channel: z.string(),
      right: z.enum(['post', 'look', 'kicked', 'none']),
    }),
    async ({ bot, channel, right }) => {
      const [actor, chat] = [await find(bot, true), await find(channel, false)];
      const before = rightIn(chat, actor);
      const after = right === 'none' ? undefined : right;
      const bots = { ...(chat.fields.bots as object), [actor.id]: after };
      await world.db
        .update(accounts)
        .set({ fields: { ...chat.fields, bots } })
        .where(eq(accounts.id, chat.id));
      if (before !== after) await sendRightChange(world, actor, chat, [before, after]);
      return {};
    },
  );
}
