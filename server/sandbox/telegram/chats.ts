import { and, eq } from 'drizzle-orm';
import { type Ctx, json } from '../http';
import { accounts } from '../schema';
import { refuse } from '../shell/operation';
import type { Account } from '../stand-in';
import type { World } from '../world';
import type { Right } from './accounts';
import { type Arguments, argumentsOf, textIn } from './arguments';
import { telegramVendor } from './vendor';

export const ok = (result: unknown): Response => json({ ok: true, result });
export const invalid = (c: Ctx, text: string): never => refuse(c, telegramVendor, { is: 'invalid', text });

const isPrivate = (chat: Account): boolean => chat.fields.private === true;
export const rightIn = (chat: Account, bot: Account): Right | undefined =>
  (chat.fields.bots as Record<string, Right> | undefined)?.[bot.id];

const typeOf = (chat: Account) => (chat.kind === 'channel' ? 'channel' : 'supergroup');
const bot = (account: Account) => ({
  id: Number(account.id),
  is_bot: true,
  first_name: account.name,
  username: account.handle,
});
export const shownChat = (chat: Account) => ({
  id: Number(chat.id),
  title: chat.name,
  ...(isPrivate(chat) ? {} : { username: chat.handle }),
  type: typeOf(chat),
});

/** Returns the chat that a call is about. Refuses, as the platform does, what the bot may not read or, for `post`, write. */
export async function chatOf(world: World, c: Ctx, args: Arguments, use: 'read' | 'post'): Promise<Account> {
  const given = textIn(args, 'chat_id');
  if (given === '') invalid(c, 'chat_id is empty');
  const [chat] = await world.db
    .select()
    .from(accounts)
    .where(
      and(
        eq(accounts.platform, 'telegram'),
        given.startsWith('@') ? eq(accounts.handle, given.slice(1).toLowerCase()) : eq(accounts.id, given),
      ),
    );
  const actor = c.get('bearer').account;
  if (!chat || chat.kind === 'person' || (given.startsWith('@') && isPrivate(chat)))
    return refuse(c, telegramVendor, { is: 'not_there', what: 'chat', id: given });
  const [right, type] = [rightIn(chat, actor), typeOf(chat)];
  if (right === 'kicked')
    refuse(c, telegramVendor, { is: 'forbidden', text: `bot was kicked from the ${type} chat` });
  if (!right && isPrivate(chat)) refuse(c, telegramVendor, { is: 'not_there', what: 'chat', id: given });
  if (!right && use === 'post')
    refuse(c, telegramVendor, { is: 'forbidden', text: `bot is not a member of the ${type} chat` });
  if (right === 'look' && use === 'post') invalid(c, `need administrator rights in the ${type} chat`);
  return chat;
}

export const getMe = (_world: World, c: Ctx): Response =>
  ok({ ...bot(c.get('bearer').account), can_join_groups: true, can_read_all_group_messages: false });

export async function getChat(world: World, c: Ctx): Promise<Response> {
  const chat = await chatOf(world, c, await argumentsOf(c), 'read');
  const gift_kinds = ['unlimited_gifts', 'limited_gifts', 'unique_gifts', 'premium_subscription'];
  return ok({
    ...shownChat(chat),
    description: chat.about,
    accent_color_id: 3,
    max_reaction_count: 11,
    accepted_gift_types: Object.fromEntries(
      [...gift_kinds, 'gifts_from_channels'].map((kind) => [kind, false]),
    ),
  });
}

/** Rights that administrators have besides posting. */
const OTHER_RIGHTS = (
  'can_be_edited is_anonymous can_manage_video_chats can_restrict_members can_promote_members can_change_info ' +
  'can_invite_users can_post_stories can_edit_stories can_delete_stories can_delete_messages can_edit_messages'
).split(' ');

export async function getChatMember(world: World, c: Ctx): Promise<Response> {
  const args = await argumentsOf(c);
  const chat = await chatOf(world, c, args, 'read');
  const actor = c.get('bearer').account;
  if (textIn(args, 'user_id') !== actor.id) return invalid(c, 'user not found');
  return ok(memberIn(chat, actor, rightIn(chat, actor)));
}

/** Shows a bot as a member of a chat. */
export function memberIn(chat: Account, actor: Account, right: Right | undefined): object {
  const user = bot(actor);
  if (!right) return { status: 'left', user };
  if (right === 'kicked') return { status: 'kicked', user, until_date: 0 };
  return {
    status: 'administrator',
    user,
    can_manage_chat: true,
    ...Object.fromEntries(OTHER_RIGHTS.map((name) => [name, false])),
    ...(chat.kind === 'channel' ? { can_post_messages: right === 'post' } : {}),
  };
}
