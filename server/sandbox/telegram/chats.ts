import type { Ctx } from '../http';
import { findAccount } from '../shell/accounts';
import { argumentsOf } from '../shell/body';
import { shapesOf } from '../shell/shape';
import type { Account } from '../stand-in';
import type { World } from '../world';
import type { Right } from './accounts';
import skeletons from './skeletons.json';
import { invalid, ok, refuse } from './vendor';

export const shape = shapesOf(skeletons);

/** Reads an argument as a text; one that is missing is empty. */
export const textIn = (fields: Record<string, unknown>, name: string): string =>
  String(fields[name] ?? '').trim();

const isPrivate = (chat: Account): boolean => chat.fields.private === true;
export const rightIn = (chat: Account, bot: Account): Right | undefined =>
  (chat.fields.bots as Record<string, Right> | undefined)?.[bot.id];

const typeOf = (chat: Account) => (chat.kind === 'channel' ? 'channel' : 'supergroup');
const bot = ({ id, name, handle }: Account) => ({
  id: Number(id),
  is_bot: true,
  first_name: name,
  username: handle,
});
export const chatFields = (chat: Account) => ({
  id: Number(chat.id),
  title: chat.name,
  username: isPrivate(chat) ? undefined : chat.handle,
  type: typeOf(chat),
});

/** Returns the chat that a call is about. Refuses, as the platform does, what the bot may not read or, for `post`, write. */
export async function chatOf(
  world: World,
  c: Ctx,
  fields: Record<string, unknown>,
  use: 'read' | 'post',
): Promise<Account> {
  const given = textIn(fields, 'chat_id');
  if (given === '') invalid('chat_id is empty');
  const isName = given.startsWith('@');
  const by = isName ? { handle: given.slice(1).toLowerCase() } : { id: given };
  const chat = await findAccount(world, 'telegram', by);
  if (!chat || chat.kind === 'person' || (isName && isPrivate(chat))) return invalid('chat not found');
  const [right, type] = [rightIn(chat, c.get('bearer').account), typeOf(chat)];
  if (right === 'kicked') refuse(403, `bot was kicked from the ${type} chat`);
  if (!right && isPrivate(chat)) invalid('chat not found');
  if (!right && use === 'post') refuse(403, `bot is not a member of the ${type} chat`);
  if (right === 'look' && use === 'post') invalid(`need administrator rights in the ${type} chat`);
  return chat;
}

export const getMe = (_world: World, c: Ctx): Response =>
  ok(
    shape('User', {
      ...bot(c.get('bearer').account),
      can_join_groups: true,
      can_read_all_group_messages: false,
    }),
  );

export async function getChat(world: World, c: Ctx): Promise<Response> {
  const chat = await chatOf(world, c, (await argumentsOf(c)).fields, 'read');
  const more = { description: chat.about, accent_color_id: 3, max_reaction_count: 11 };
  return ok(shape('ChatFullInfo', { ...chatFields(chat), ...more }));
}

export async function getChatMember(world: World, c: Ctx): Promise<Response> {
  const { fields } = await argumentsOf(c);
  const chat = await chatOf(world, c, fields, 'read');
  const actor = c.get('bearer').account;
  if (textIn(fields, 'user_id') !== actor.id) return invalid('user not found');
  return ok(memberIn(chat, actor, rightIn(chat, actor)));
}

/** Shows a bot as a member of a chat. */
export function memberIn(chat: Account, actor: Account, right: Right | undefined): object {
  const user = bot(actor);
  if (!right) return shape('ChatMemberLeft', { user });
  if (right === 'kicked') return shape('ChatMemberBanned', { user });
  // Administrators have other rights besides posting; this one has none of them.
  return shape('ChatMemberAdministrator', {
    user,
    can_manage_chat: true,
    can_edit_messages: false,
    can_post_messages: chat.kind === 'channel' ? right === 'post' : undefined,
  });
}
