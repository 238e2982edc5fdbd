import { createHash } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { connections, type FollowUpRule, type Media, postingSettings, posts, variants } from '@/db/schema';
import type { PlatformId } from '@/server/connectors/generated/ids';
import { connectionContext, sealTokens } from '@/server/connectors/host/tokens';
import { platformTraits } from '@/server/connectors/platform-traits';
import { saveMedia } from '@/server/domains/files/save-media';
import { inPieces, samplePng } from '@/server/domains/files/testing';
import { followUpKey } from '@/server/domains/publications/publication-kind';
import { ManualClock } from '@/server/foundation/clock';
import { newId } from '@/server/foundation/ids';
import { createWorld, type World } from '@/tests/support/world';
import {
  altOf,
  following,
  followUp,
  MAX_PICTURES,
  option,
  pictures,
  type Refusal,
  refusal,
  textOf,
} from './plan';
import { registerChaosPlatforms } from './platforms';
import { isSynthetic } from './targets';
import { type Account, longDescription, Users } from './users';

export interface Picture extends Omit<Media, 'alt'> {
  hash: string;
}

/** With one like within two hours, post `number` follows immediately, or the post is reposted. */
const ruleFor = (action: FollowUpRule['action'], number: number, seed: number): FollowUpRule => ({
  measure: 'likes',
  atLeast: 1,
  withinHours: 2,
  action,
  text: textOf(number, seed),
  wait: { kind: 'none' },
  activeHours: false,
});

/** The clock of the run. */
class RunClock extends ManualClock {
  constructor(private readonly ahead: () => number) {
    super(new Date());
  }
  override now(): Date {
    return new Date(Date.now() + this.ahead());
  }
}

/** Creates a workspace with at least this number of accounts on each platform, and some pictures. */
export async function connectAll(
  db: Db,
  o: {
    platforms: readonly string[];
    perPlatform: number;
    sandbox: string;
    sandboxUrl: string;
    travel: () => number;
  },
): Promise<{ workspaceId: string; users: Users; accounts: Account[]; files: Picture[] }> {
  registerChaosPlatforms();
  const world = await createWorld(db, { plan: 'agency', timeZone: 'UTC', clock: new RunClock(o.travel) });
  const users = await Users.open(db, { world, sandboxUrl: o.sandboxUrl, sandbox: o.sandbox });
  const lists: Account[][] = [];
  for (const platform of o.platforms)
    lists.push(
      isSynthetic(platform)
        ? await connectSynthetic(db, world, platform, o.perPlatform)
        : await users.connect(platform as PlatformId, o.perPlatform),
    );
  const files: Picture[] = [];
  for (let i = 0; i < MAX_PICTURES; i++) {
    const [width, height] = [8, 8 + i];
    const picture = samplePng(width, height, [i * 40, 99, 7]);
    const saved = await saveMedia({
      ctx: world.ctx,
      input: { name: `${i}.png`, content: inPieces(picture) },
    });
    const { id: fileId, mime, bytes } = saved;
    const hash = createHash('md5').update(picture).digest('hex');
    files.push({ fileId, kind: 'picture', mime, bytes, width, height, durationMs: null, hash });
  }
  await db.asSystem((tx) =>
    tx
      .update(postingSettings)
      .set({ review: 'post_at_once' })
      .where(eq(postingSettings.workspaceId, world.workspaceId)),
  );
  // Interleaves the platforms, so that all are busy from the beginning.
  const most = Math.max(...lists.map((list) => list.length));
  const accounts = Array.from({ length: most }, (_, turn) =>
    lists.flatMap((list) => list[turn] ?? []),
  ).flat();
  return { workspaceId: world.workspaceId, users, files, accounts };
}

/** Connects accounts of a platform that exists only in the run. Its tokens are the names of the accounts. */
async function connectSynthetic(db: Db, world: World, platform: string, count: number): Promise<Account[]> {
  const traits = platformTraits(platform);
  if (!traits) throw new Error(`${platform} is not registered`);
  const rows = Array.from({ length: count }, (_, i): typeof connections.$inferInsert => {
    const id = newId('connection');
    const name = `${platform}-${i}`;
    return {
      id,
      workspaceId: world.workspaceId,
      platform,
      environment: 'sandbox',
      status: 'active',
      remoteId: name,
      remoteName: `@${name}`,
      remote: {},
      credentials: sealTokens(connectionContext(id), { accessToken: name, refreshToken: null }),
    };
  });
  await db.asSystem((tx) => tx.insert(connections).values(rows));
  return rows.map(({ id }) => ({
    platform,
    connectionId: id,
    traits,
    descriptions: false,
    usual: {},
    options: [],
  }));
}

/** A post, a part of a thread, a first comment, a follow-up or a repost: anything that must have exactly one effect. */
export interface Scheduled {
  number: number;
  /** Publication id. For a follow-up, whose id is not known in advance, its request key. */
  id: string;
  /** A follow-up or a repost, created only if its post did well. */
  optional: boolean;
  /** Whether it is a repost of the post that it follows. */
  repost: boolean;
  platform: string;
  connectionId: string;
  /** Milliseconds since 1970. */
  due: number;
  /** Number of the parent; null for a post. */
  follows: number | null;
  /** Its pictures by what they contain, and their descriptions if the platform takes any. */
  pictures: { hash: string; alt: string | null }[];
  /** Why the platform permanently refuses it. */
  refused: Refusal | null;
}

const NONE = { optional: false, repost: false, pictures: [], refused: null };

/**
 * Schedules `n` posts over the accounts, spread evenly over `spanMs` from `from`. About a tenth have parts, and some have a follow-up rule.
 * Returns all posts, parts and possible follow-ups; the latter are `optional`. The id of a part, which gets its row later, is that of its
 * post plus its number (db/parts.sql).
 */
export async function schedule(
  db: Db,
  o: {
    workspaceId: string;
    accounts: Account[];
    files: readonly Picture[];
    n: number;
    from: number;
    spanMs: number;
    seed: number;
  },
): Promise<Scheduled[]> {
  const { workspaceId, seed } = o;
  const postId = newId('post');
  const platforms = [...new Set(o.accounts.map(({ platform }) => platform))];
  const variantOf = Object.fromEntries(platforms.map((p) => [p, newId('variant')]));
  await db.asSystem(async (tx) => {
    await tx.insert(posts).values({ id: postId, workspaceId, title: 'Chaos', createdBy: 'system:chaos' });
    await tx.insert(variants).values(
      platforms.map((platform) => ({
        id: variantOf[platform] ?? '',
        workspaceId,
        postId,
        platform,
        text: 'Chaos',
      })),
    );
  });
  const all: Scheduled[] = [];
  const BATCH = 1000;
  for (let start = 0; start < o.n; start += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, o.n - start) }, (_, k) => {
      const index = start + k;
      const account = o.accounts[index % o.accounts.length];
      if (!account) throw new Error('No account to publish on');
      const { platform, connectionId, traits, usual, options } = account;
      const id = newId('publication');
      const due = o.from + Math.floor((index * o.spanMs) / o.n);
      const number = all.length;
      const at = { platform, connectionId, due };
      const refused = refusal(seed, index, traits, account.descriptions);
      const described = traits.media?.alt.kinds.includes('picture') ?? false;
      const shown = o.files.slice(0, pictures(seed, index, traits)).map(({ hash, ...file }, i) => {
        const alt = described ? altOf(number, i + 1) : '';
        const long = refused === 'description' && traits.media;
        return { hash, file: { ...file, alt: long ? longDescription(alt, traits.media) : alt } };
      });
      all.push({
        ...NONE,
        ...at,
        number,
        id,
        follows: null,
        pictures: shown.map(({ hash, file }) => ({ hash, alt: described ? file.alt : null })),
        refused,
      });
      const parts = Array.from({ length: following(seed, index, traits) }, (_, i) => {
        const part = number + 1 + i;
        const partId = `${id}-${String(i + 2).padStart(2, '0')}`;
        all.push({ ...NONE, ...at, number: part, id: partId, follows: part - 1 });
        return { text: textOf(part, seed) };
      });
      const action = followUp(seed, index, traits);
      const follow_up_rule = action && ruleFor(action, all.length, seed);
      if (action)
        all.push({
          ...NONE,
          ...at,
          number: all.length,
          id: followUpKey(id),
          optional: true,
          repost: action === 'repost',
          follows: number,
        });
      const special = option(seed, index, traits, options.length);
      return {
        id,
        connection: connectionId,
        variant: variantOf[platform],
        text: textOf(number, seed).padEnd(refused === 'text' ? (traits.characters ?? 0) + 50 : 0, '.'),
        parts,
        media: shown.map(({ file }) => file),
        ahead: (traits.media?.way ?? 'ahead') === 'ahead',
        options: special === null ? usual : options[special],
        follow_up_rule,
        due: new Date(due).toISOString(),
      };
    });
    await db.asSystem((tx) =>
      tx.execute(sql`
        insert into publications (id, workspace_id, post_id, variant_id, connection_id, text, parts, media, media_ahead, options, follow_up_rule, due_at, local_time, time_zone, state, marker, request_key, created_by)
        select r.id, ${workspaceId}, ${postId}, r.variant, r.connection, r.text, r.parts, r.media, r.ahead, r.options, nullif(r.follow_up_rule, 'null'::jsonb), r.due::timestamptz, '2026-01-01T00:00', 'UTC', 'scheduled', r.id, r.id, 'system:chaos'
        from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as r(id text, connection text, variant text, text text, parts jsonb, media jsonb, ahead boolean, options jsonb, follow_up_rule jsonb, due text)`),
    );
  }
  return all;
}
