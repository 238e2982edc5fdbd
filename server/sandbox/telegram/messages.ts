import { eq, sql } from 'drizzle-orm';
import { findPost, makePost, type NewPost, type Post, removePost } from '../cores/feed';
import { type Ctx, unix } from '../http';
import { posts } from '../schema';
import { argumentsOf, type Body, bytesOf, isOn, jsonOf, listOf, objectOf, textOf } from '../shell/body';
import { addFile, MB, type MediaRow, typeOf } from '../shell/media';
import { refuse as endWith } from '../shell/operation';
import type { Account } from '../stand-in';
import type { World } from '../world';
import { chatFields, chatOf, shape, textIn } from './chats';
import { invalid, ok, refuse, telegramVendor } from './vendor';

const DELETABLE_MS = 48 * 3_600_000;
const PER_CHAT = { limit: 20, windowSeconds: 60 };
const MEDIA_KINDS = { photo: 'image', animation: 'gif', video: 'video', document: 'document' } as const;
type Kind = keyof typeof MEDIA_KINDS;

interface Sending extends Body {
  chat: Account;
  parent: Post | null;
}
interface Sent {
  kind: Kind;
  given: File;
  row: MediaRow | null;
}

/** Returns the chat and what a post of any kind says of itself. */
async function begin(world: World, c: Ctx): Promise<Sending> {
  const args = await argumentsOf(c);
  const chat = await chatOf(world, c, args.fields, 'post');
  const state = world.rates.take('telegram.chat', chat.id, PER_CHAT, c.get('now'));
  if (!state.allowed) endWith(c, telegramVendor, { is: 'too_many', rule: 'chat', ...state });
  const { message_id: answered } = objectOf(jsonOf(args.fields.reply_parameters));
  const parent = answered === undefined ? null : await messageIn(world, chat, String(answered));
  return {
    ...args,
    chat,
    parent: parent === undefined ? invalid('message to be replied not found') : parent,
  };
}

async function messageIn(world: World, chat: Account, id: string): Promise<Post | undefined> {
  const found = await findPost(world, 'telegram', id);
  return found?.account.id === chat.id ? found.post : undefined;
}

/** Numbers of messages are counted in each chat; here, they are counted in all of them, because they are also the ids of posts. */
async function store(world: World, c: Ctx, post: NewPost): Promise<Post> {
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

/** Stores a message and returns it as the platform shows it. */
async function deliver(
  world: World,
  c: Ctx,
  { fields, chat, parent }: Sending,
  text: string,
  file?: Sent,
  group?: string,
) {
  const isProtected = isOn(fields.protect_content);
  const post = await store(world, c, {
    text,
    account: chat,
    replyTo: parent?.id ?? null,
    media: file?.row ? [file.row] : [],
    fields: {
      silent: isOn(fields.disable_notification),
      protected: isProtected,
      ...(file ? { file: file.given.name } : {}),
    },
  });
  const base = ({ id, createdAt }: Post) => ({
    message_id: Number(id),
    date: unix(createdAt),
    chat: chatFields(chat),
  });
  return shape('Message', {
    ...base(post),
    sender_chat: chatFields(chat),
    reply_to_message: parent ? base(parent) : undefined,
    has_protected_content: isProtected || undefined,
    media_group_id: group,
    ...(file
      ? { ...fileFields(fields, file), caption: text || undefined }
      : { text, link_preview_options: jsonOf(fields.link_preview_options) }),
  });
}

function fileFields({ width = 320, height = 320 }: Record<string, unknown>, { kind, given }: Sent) {
  const file = { file_id: `f-${given.name}`, file_unique_id: `u-${given.size}`, file_size: given.size };
  const size = { width: Number(width), height: Number(height) };
  if (kind === 'photo') return { photo: [{ ...file, ...size }] };
  const document = { ...file, file_name: given.name, mime_type: given.type };
  if (kind === 'document') return { document };
  const film = { ...document, ...size, duration: 3 };
  // The platform shows an animation as a document, too.
  return kind === 'animation' ? { animation: film, document } : { video: film };
}

/** Takes a file. The words for pictures that cannot be read are from public reports. */
async function fileOf(
  world: World,
  c: Ctx,
  account: Account,
  kind: Kind,
  given: File | undefined,
): Promise<Sent> {
  if (!given) return invalid(`there is no ${kind} in the request`);
  if (given.size > 50 * MB) refuse(413);
  const bytes = await bytesOf(given);
  const type = typeOf(bytes.subarray(0, 64));
  if (kind === 'photo' && (given.size > 10 * MB || !type?.startsWith('image/')))
    invalid('IMAGE_PROCESS_FAILED');
  const row = { id: crypto.randomUUID(), account, kind: MEDIA_KINDS[kind], contentType: type ?? given.type };
  // The pages show no documents.
  return { kind, given, row: kind === 'document' ? null : await addFile(world, c, bytes, row) };
}

export async function sendMessage(world: World, c: Ctx): Promise<Response> {
  const sending = await begin(world, c);
  const text = textIn(sending.fields, 'text');
  if (text === '') invalid('message text is empty');
  if (text.length > 4096) invalid('message is too long');
  return ok(await deliver(world, c, sending, text));
}

function captionOf(given: unknown): string {
  const caption = String(given ?? '').trim();
  return caption.length > 1024 ? invalid('message caption is too long') : caption;
}

/** Sends one file, which is in the field of its kind. */
export const sendFile = (kind: Kind) => async (world: World, c: Ctx) => {
  const sending = await begin(world, c);
  const caption = captionOf(sending.fields.caption);
  const file = await fileOf(world, c, sending.chat, kind, sending.files.get(kind));
  return ok(await deliver(world, c, sending, caption, file));
};

/** Sends an album. If a file of it fails, the others stay. */
export async function sendMediaGroup(world: World, c: Ctx): Promise<Response> {
  const sending = await begin(world, c);
  const items = listOf(jsonOf(sending.fields.media)).map(objectOf);
  if (items.length < 2 || items.length > 10) invalid('an album must have 2 to 10 files');
  const files = await Promise.all(
    items.map(async ({ type, media, caption }) => {
      if (type !== 'photo' && type !== 'video' && type !== 'document')
        return invalid(`type "${type}" can't be used in sendMediaGroup`);
      const given = sending.files.get(textOf(media).replace(/^attach:\/\//, ''));
      return { caption: captionOf(caption), file: await fileOf(world, c, sending.chat, type, given) };
    }),
  );
  const fails = c.get('struck').includes('processing_fails');
  const group = String(c.get('now').getTime());
  const sent = [];
  for (const { caption, file } of fails ? files.slice(0, -1) : files)
    sent.push(await deliver(world, c, sending, caption, file, group));
  if (fails)
    invalid(
      `failed to send message #${items.length} with the error message "Wrong file identifier/HTTP URL specified"`,
    );
  return ok(sent);
}

export async function deleteMessage(world: World, c: Ctx): Promise<Response> {
  const { fields } = await argumentsOf(c);
  const chat = await chatOf(world, c, fields, 'post');
  const post = await messageIn(world, chat, textIn(fields, 'message_id'));
  if (!post) return invalid('message to delete not found');
  if (c.get('now').getTime() - post.createdAt.getTime() > DELETABLE_MS)
    return invalid("message can't be deleted");
  await removePost(world, post.id, c.get('now'));
  return ok(true);
}
