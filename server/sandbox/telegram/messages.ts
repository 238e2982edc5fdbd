import { eq, sql } from 'drizzle-orm';
import { findPost, makePost, type Post, removePost } from '../cores/feed';
import { type Ctx, Refusal, unix } from '../http';
import { media, posts } from '../schema';
import { type MediaRow, storePart, typeOf } from '../shell/media';
import { refuse } from '../shell/operation';
import type { Account } from '../stand-in';
import type { World } from '../world';
import { type Arguments, argumentsOf, isOn, jsonIn, textIn } from './arguments';
import { chatOf, invalid, ok, shownChat } from './chats';
import { failed, telegramVendor } from './vendor';

const MB = 1024 * 1024;
const DELETABLE_MS = 48 * 3_600_000;
const PER_CHAT = { limit: 20, windowSeconds: 60 };
type Kind = 'photo' | 'animation' | 'video' | 'document';

/** Returns the chat and what a post of any kind says of itself. */
async function begin(world: World, c: Ctx) {
  const args = await argumentsOf(c);
  const chat = await chatOf(world, c, args, 'post');
  const state = world.rates.take('telegram.chat', chat.id, PER_CHAT, c.get('now'));
  if (!state.allowed) refuse(c, telegramVendor, { is: 'too_many', rule: 'chat', ...state });
  const { message_id: answered } = (jsonIn(args, 'reply_parameters') ?? {}) as { message_id?: unknown };
  const parent = answered === undefined ? null : await messageIn(world, chat, String(answered));
  if (parent === undefined) invalid(c, 'message to be replied not found');
  return { args, chat, parent };
}

async function messageIn(world: World, chat: Account, id: string): Promise<Post | undefined> {
  const found = await findPost(world, 'telegram', id);
  return found?.account.id === chat.id ? found.post : undefined;
}

/** Numbers of messages are counted in each chat; here, they are counted in all of them, because they are also the ids of posts. */
async function store(world: World, c: Ctx, post: Omit<Parameters<typeof makePost>[2], 'id'>): Promise<Post> {
  const last = sql<number>`coalesce(max(${posts.id}::int), 0)`;
  for (let tries = 0; ; tries++) {
    const [row] = await world.db.select({ last }).from(posts).where(eq(posts.platform, 'telegram'));
    try {
      return (await makePost(world, c, { ...post, id: String((row?.last ?? 0) + 1 + tries) })).post;
    } catch (error) {
      // Another message has just taken the number.
      if (tries >= 20) throw error;
    }
  }
}

interface Sending {
  args: Arguments;
  chat: Account;
  parent: Post | null | undefined;
}

/** Stores a message and returns it as the platform shows it. */
async function deliver(
  world: World,
  c: Ctx,
  { args, chat, parent }: Sending,
  text: string,
  file?: { kind: Kind; given: File; row: MediaRow | null },
  group?: string,
) {
  const post = await store(world, c, {
    text,
    account: chat,
    replyTo: parent?.id ?? null,
    media: file?.row ? [file.row] : [],
    fields: {
      silent: isOn(args, 'disable_notification'),
      protected: isOn(args, 'protect_content'),
      ...(file ? { file: file.given.name } : {}),
    },
  });
  const preview = jsonIn(args, 'link_preview_options');
  const base = { message_id: Number(post.id), date: unix(post.createdAt), chat: shownChat(chat) };
  return {
    ...base,
    sender_chat: shownChat(chat),
    ...(parent
      ? { reply_to_message: { ...base, message_id: Number(parent.id), date: unix(parent.createdAt) } }
      : {}),
    ...(isOn(args, 'protect_content') ? { has_protected_content: true } : {}),
    ...(group ? { media_group_id: group } : {}),
    ...(file ? { ...shownFile(args, file), ...(text ? { caption: text } : {}) } : { text }),
    ...(preview && !file ? { link_preview_options: preview } : {}),
  };
}

function shownFile(args: Arguments, { kind, given }: { kind: Kind; given: File }): Record<string, unknown> {
  const file = { file_id: `f-${given.name}`, file_unique_id: `u-${given.size}`, file_size: given.size };
  const size = {
    width: Number(args.fields.width ?? 320),
    height: Number(args.fields.height ?? 320),
  };
  if (kind === 'photo') return { photo: [{ ...file, ...size }] };
  const about = { ...file, file_name: given.name, mime_type: given.type };
  if (kind === 'document') return { document: about };
  // The platform shows an animation as a document, too.
  return {
    [kind]: { ...about, ...size, duration: 3 },
    ...(kind === 'animation' ? { document: about } : {}),
  };
}

/** Takes a file. The words for pictures that cannot be read are from public reports. */
async function fileOf(world: World, c: Ctx, chat: Account, kind: Kind, given: File | undefined) {
  if (!given) return invalid(c, `there is no ${kind} in the request`);
  if (given.size > 50 * MB) throw new Refusal(failed(413));
  const bytes = new Uint8Array(await given.arrayBuffer());
  const type = typeOf(bytes.subarray(0, 64));
  if (kind === 'photo' && (given.size > 10 * MB || !type?.startsWith('image/')))
    return invalid(c, 'IMAGE_PROCESS_FAILED');
  // The pages show no documents.
  if (kind === 'document') return { kind, given, row: null };
  const [row] = await world.db
    .insert(media)
    .values({
      id: crypto.randomUUID(),
      platform: 'telegram',
      accountId: chat.id,
      kind: kind === 'photo' ? 'image' : kind === 'animation' ? 'gif' : 'video',
      contentType: type ?? given.type,
      totalBytes: given.size,
      createdAt: c.get('now'),
      expiresAt: c.get('now'),
    })
    .returning();
  if (row) await storePart(world, row, 0, bytes);
  return { kind, given, row: row ?? null };
}

export async function sendMessage(world: World, c: Ctx): Promise<Response> {
  const sending = await begin(world, c);
  const text = textIn(sending.args, 'text');
  if (text === '') invalid(c, 'message text is empty');
  if (text.length > 4096) invalid(c, 'message is too long');
  return ok(await deliver(world, c, sending, text));
}

function captionOf(c: Ctx, given: unknown): string {
  const caption = String(given ?? '').trim();
  return caption.length > 1024 ? invalid(c, 'message caption is too long') : caption;
}

/** Sends one file, which is in the field of its kind. */
export const sendFile = (kind: Kind) => async (world: World, c: Ctx) => {
  const sending = await begin(world, c);
  const { args, chat } = sending;
  const caption = captionOf(c, args.fields.caption);
  const file = await fileOf(world, c, chat, kind, args.files.get(kind));
  return ok(await deliver(world, c, sending, caption, file));
};

/** Sends an album. If a file of it fails, the others stay. */
export async function sendMediaGroup(world: World, c: Ctx): Promise<Response> {
  const sending = await begin(world, c);
  const { args, chat } = sending;
  const listed = jsonIn(args, 'media');
  const items = (Array.isArray(listed) ? listed : []) as {
    type?: string;
    media?: string;
    caption?: string;
  }[];
  if (items.length < 2 || items.length > 10) invalid(c, 'an album must have 2 to 10 files');
  const files = await Promise.all(
    items.map(async ({ type, media = '', caption }) => {
      if (type !== 'photo' && type !== 'video' && type !== 'document')
        return invalid(c, `type "${type}" can't be used in sendMediaGroup`);
      const given = args.files.get(media.replace(/^attach:\/\//, ''));
      return { caption: captionOf(c, caption), file: await fileOf(world, c, chat, type, given) };
    }),
  );
  const fails = c.get('struck').includes('processing_fails');
  const group = String(c.get('now').getTime());
  const sent = [];
  for (const { caption, file } of fails ? files.slice(0, -1) : files)
    sent.push(await deliver(world, c, sending, caption, file, group));
  if (fails)
    invalid(
      c,
      `failed to send message #${items.length} with the error message "Wrong file identifier/HTTP URL specified"`,
    );
  return ok(sent);
}

export async function deleteMessage(world: World, c: Ctx): Promise<Response> {
  const args = await argumentsOf(c);
  const chat = await chatOf(world, c, args, 'post');
  const post = await messageIn(world, chat, textIn(args, 'message_id'));
  if (!post) return invalid(c, 'message to delete not found');
  if (c.get('now').getTime() - post.createdAt.getTime() > DELETABLE_MS)
    return invalid(c, "message can't be deleted");
  await removePost(world, post.id, c.get('now'));
  return ok(true);
}
