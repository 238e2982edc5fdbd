import { and, eq, ne } from 'drizzle-orm';
import { z } from 'zod';
import { type Act, NotThere } from '../control/act';
import { html, type Markup } from '../pages';
import { accounts } from '../schema';
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
  const all = await world.db.select().from(accounts).where(eq(accounts.platform, 'telegram'));
  const options = (rows: typeof all) =>
    rows.map((row) => html`<option value="${row.handle}">${row.name}</option>`);
  return html`<h2>Telegram</h2>
<form method="post" action="${action('/telegram/right')}"><div class="row"><div><label for="t-bot">Bot</label><select id="t-bot" name="bot">${options(all.filter((a) => a.kind === 'person'))}</select></div>
<div><label for="t-channel">Channel</label><select id="t-channel" name="channel">${options(all.filter((a) => a.kind === 'channel'))}</select></div>
<div><label for="t-right">The bot</label><select id="t-right" name="right">${Object.entries(RIGHTS).map(([value, words]) => html`<option value="${value}">${words}</option>`)}</select></div><button class="plain">Change</button></div></form>`;
}

export function telegramActions(act: Act, world: World): void {
  const find = async (handle: string, bot: boolean) => {
    const kind = bot ? eq(accounts.kind, 'person') : ne(accounts.kind, 'person');
    const [row] = await world.db
      .select()
      .from(accounts)
      .where(and(eq(accounts.platform, 'telegram'), eq(accounts.handle, handle), kind));
    if (!row) throw new NotThere(`There is no ${bot ? 'bot' : 'channel'} "${handle}".`);
    return row;
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
