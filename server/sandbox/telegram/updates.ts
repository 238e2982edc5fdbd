import { eq } from 'drizzle-orm';
import { queueWebhook } from '../cores/webhooks';
import { type Ctx, unix } from '../http';
import { accounts } from '../schema';
import { argumentsOf, jsonOf, listOf } from '../shell/body';
import type { Account } from '../stand-in';
import type { World } from '../world';
import type { Right } from './accounts';
import { chatFields, memberIn, textIn } from './chats';
import { invalid, ok } from './vendor';

/** Where a bot has its updates sent. */
interface Receiver {
  url: string;
  secret: string;
  allowed: string[];
}
/** The account of a token may be older than this. */
async function receiverOf(world: World, { id }: Account): Promise<Receiver | undefined> {
  const [bot] = await world.db.select().from(accounts).where(eq(accounts.id, id));
  return bot?.fields.webhook as Receiver | undefined;
}

async function keep(world: World, { id, fields }: Account, webhook: Receiver | undefined): Promise<void> {
  await world.db
    .update(accounts)
    .set({ fields: { ...fields, webhook } })
    .where(eq(accounts.id, id));
}

export async function setWebhook(world: World, c: Ctx): Promise<Response> {
  const { fields } = await argumentsOf(c);
  const bot = c.get('bearer').account;
  const url = textIn(fields, 'url');
  const secret = textIn(fields, 'secret_token');
  const allowed = listOf(jsonOf(fields.allowed_updates)).map(String);
  if (url === '') {
    await keep(world, bot, undefined);
    return ok(true);
  }
  // The platform itself takes only https.
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    return invalid('bad webhook: invalid url specified');
  if (secret !== '' && !/^[\w-]{1,256}$/.test(secret))
    return invalid('secret token contains unallowed characters');
  await keep(world, bot, { url, secret, allowed });
  return ok(true);
}

export async function deleteWebhook(world: World, c: Ctx): Promise<Response> {
  await keep(world, c.get('bearer').account, undefined);
  return ok(true);
}

export async function getWebhookInfo(world: World, c: Ctx): Promise<Response> {
  const receiver = await receiverOf(world, c.get('bearer').account);
  return ok({
    url: receiver?.url ?? '',
    has_custom_certificate: false,
    pending_update_count: 0,
    ...(receiver ? { max_connections: 40, allowed_updates: receiver.allowed } : {}),
  });
}

/** Counted for each bot, as on the platform, but from the time of day so that none is given twice. */
let updates = 0;

/** Sends an update to a bot that wants this kind of it. An empty list of kinds includes the usual ones. */
async function sendUpdate(world: World, bot: Account, kind: string, value: object): Promise<void> {
  const receiver = await receiverOf(world, bot);
  if (!receiver || (receiver.allowed.length > 0 && !receiver.allowed.includes(kind))) return;
  const update_id = unix(world.clock.now()) * 100 + (updates++ % 100);
  await queueWebhook(world, {
    platform: 'telegram',
    address: receiver.url,
    proof: { name: 'X-Telegram-Bot-Api-Secret-Token', value: receiver.secret },
    body: JSON.stringify({ update_id, [kind]: value }),
  });
}

/** Tells a bot that an administrator has changed what it may do in a chat. */
export const sendRightChange = (
  world: World,
  bot: Account,
  chat: Account,
  [before, after]: readonly [Right | undefined, Right | undefined],
): Promise<void> =>
  sendUpdate(world, bot, 'my_chat_member', {
    chat: chatFields(chat),
    from: { id: 5_520_417_733, is_bot: false, first_name: 'Administrator' },
    date: unix(world.clock.now()),
    old_chat_member: memberIn(chat, bot, before),
    new_chat_member: memberIn(chat, bot, after),
  });
