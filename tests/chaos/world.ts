import { eq, sql } from 'drizzle-orm';
import { type Db, openDb } from '@/db/client';
import { connections, type FollowUpRule, type Media, postingSettings, posts, variants } from '@/db/schema';
import { connectionContext, sealTokens } from '@/server/connectors/host/tokens';
import { saveMedia } from '@/server/domains/files/save-media';
import { inPieces, samplePng } from '@/server/domains/files/testing';
import { followUpKey } from '@/server/domains/publications/publication-kind';
import { ManualClock } from '@/server/foundation/clock';
import { newId } from '@/server/foundation/ids';
import { ensureSandboxTables } from '@/server/sandbox/create-tables';
import { accounts } from '@/server/sandbox/schema';
import { obtainTokens } from '@/server/sandbox/testing';
import { createWorld } from '@/tests/support/world';
import { altOf, followedUp, following, PLATFORMS, type Platform, pictures, refused, textOf } from './plan';

const BEGINNING = new Date('2024-01-01T00:00:00Z');
const REDIRECT = (appUrl: string, platform: string) => `${appUrl}/api/oauth/${platform}/callback`;
const SCOPES = {
  x: ['tweet.read', 'tweet.write', 'users.read', 'media.write', 'offline.access'],
  facebook: ['pages_show_list', 'pages_manage_posts', 'pages_manage_engagement', 'pages_read_engagement'],
};
const PEOPLE = 'chaos.person';
/** High enough that every post soon has a like. */
const FOLLOWERS = 200_000;

/** Creates the users and Pages of the run in the sandbox, and raises the limits so that the run does not reach them. */
export async function fillSandbox(url: string, perPlatform: number): Promise<void> {
  const db = await openDb({ url, driver: 'pg', pool: 2 });
  await db.migrate();
  await ensureSandboxTables(db.raw);
  const rows = Array.from({ length: perPlatform }, (_, i) => [
    { platform: 'x', kind: 'person' as const, id: xId(i), handle: `chaos_${i}`, parentId: null },
    {
      platform: 'facebook',
      kind: 'page' as const,
      id: pageId(i),
      handle: `chaospage${i}`,
      parentId: '900000000000001',
    },
  ]).flat();
  rows.push({
    platform: 'facebook',
    kind: 'person' as never,
    id: '900000000000001',
    handle: PEOPLE,
    parentId: null,
  });
  await db.raw.insert(accounts).values(
    rows.map((row) => ({
      ...row,
      name: `Chaos ${row.handle}`,
      followers: FOLLOWERS,
      createdAt: BEGINNING,
    })),
  );
  const plenty = { limit: 10_000_000, windowSeconds: 900 };
  const limits = Object.fromEntries(
    [
      'x.createPosts',
      'x.getUsersPosts',
      'x.getPostsByIds',
      'x.initializeMediaUpload',
      'x.appendMediaUpload',
      'x.finalizeMediaUpload',
      'x.getMediaUploadStatus',
      'x.createMediaMetadata',
      'facebook.fbFeed',
      'facebook.fbPhoto',
      'facebook.fbPosts',
      'facebook.fbComment',
      'facebook.fbComments',
      'facebook.fbObject',
    ].map((k) => [k, plenty]),
  );
  await db.raw.execute(
    sql`insert into tributary_sandbox.settings (key, value) values ('limits', ${JSON.stringify(limits)}::jsonb)`,
  );
  await db.close();
}
const xId = (i: number) => String(1_700_000_000_000_000_000n + BigInt(i));
const pageId = (i: number) => String(910_000_000_000_000 + i);

/** Number of media files: as many as a post has at most. */
const FILES = 6;
export type Picture = Omit<Media, 'alt'>;

export interface Account {
  platform: Platform;
  connectionId: string;
}

/** With one like within two hours, post `number` follows immediately. */
const ruleFor = (number: number, seed: number): FollowUpRule => ({
  measure: 'likes',
  atLeast: 1,
  withinHours: 2,
  action: 'follow_up',
  text: textOf(number, seed),
  wait: { kind: 'none' },
  activeHours: false,
});

/** Creates a workspace with this number of accounts on each platform, connected with real sandbox tokens. */
export async function connectAll(
  db: Db,
  o: { platforms: readonly Platform[]; perPlatform: number; sandbox: string; appUrl: string },
): Promise<{ workspaceId: string; accounts: Account[]; files: Picture[] }> {
  const world = await createWorld(db, {
    plan: 'agency',
    timeZone: 'UTC',
    clock: new ManualClock(new Date()),
  });
  const ask = (request: Request) => fetch(request, { redirect: 'manual' });
  const list: (typeof connections.$inferInsert)[] = [];
  const put = (
    platform: Platform,
    remoteId: string,
    accessToken: string,
    remote: Record<string, string> = {},
  ) => {
    const id = newId('connection');
    list.push({
      id,
      workspaceId: world.workspaceId,
      platform,
      environment: 'sandbox',
      status: 'active',
      remoteId,
      remoteName: `@${platform} ${remoteId}`,
      remote,
      credentials: sealTokens(connectionContext(id), { accessToken, refreshToken: null }),
    });
  };
  for (const platform of o.platforms) {
    if (platform === 'x')
      for (let i = 0; i < o.perPlatform; i++) {
        const { accessToken } = await obtainTokens(ask, 'x', {
          account: `chaos_${i}`,
          redirectUri: REDIRECT(o.appUrl, 'x'),
          scopes: SCOPES.x,
          base: o.sandbox,
        });
        put('x', xId(i), accessToken, { username: `chaos_${i}` });
      }
    else if (platform === 'facebook') {
      const { accessToken } = await obtainTokens(ask, 'facebook', {
        account: PEOPLE,
        redirectUri: REDIRECT(o.appUrl, 'facebook'),
        scopes: SCOPES.facebook,
        base: o.sandbox,
      });
      const answer = await fetch(
        `${o.sandbox}/facebook/v23.0/me/accounts?limit=100&access_token=${encodeURIComponent(accessToken)}`,
      );
      const { data } = (await answer.json()) as { data: { id: string; access_token: string }[] };
      for (const page of data) put('facebook', page.id, page.access_token);
    } else for (let i = 0; i < o.perPlatform; i++) put(platform, `${platform}-${i}`, `${platform}-${i}`);
  }
  const files: Picture[] = [];
  for (let i = 0; i < FILES; i++) {
    const [width, height] = [8, 8 + i];
    const content = inPieces(samplePng(width, height, [i * 40, 99, 7]));
    const { id, mime, bytes } = await saveMedia({ ctx: world.ctx, input: { name: `${i}.png`, content } });
    files.push({ fileId: id, kind: 'picture', mime, bytes, width, height, durationMs: null });
  }
  await db.asSystem(async (tx) => {
    await tx.insert(connections).values(list);
    await tx
      .update(postingSettings)
      .set({ review: 'post_at_once' })
      .where(eq(postingSettings.workspaceId, world.workspaceId));
  });
  return {
    workspaceId: world.workspaceId,
    files,
    // Interleaves the platforms, so that all are busy from the beginning.
    accounts: list
      .map((c, i) => ({ platform: c.platform as Platform, connectionId: c.id, turn: i % o.perPlatform }))
      .sort((a, b) => a.turn - b.turn),
  };
}

/** A post, a part of a thread, a first comment or a follow-up: anything that must have exactly one effect. */
export interface Scheduled {
  number: number;
  /** Publication id. For a follow-up, whose id is not known in advance, its request key. */
  id: string;
  /** A follow-up, created only if its post did well. */
  optional: boolean;
  platform: Platform;
  connectionId: string;
  /** Milliseconds since 1970. */
  due: number;
  /** Number of the parent; null for a post. */
  follows: number | null;
  /** Number of pictures. */
  pictures: number;
  /** Whether the platform permanently refuses its pictures. */
  refused: boolean;
}

const NONE = { pictures: 0, refused: false };

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
  const { workspaceId } = o;
  const postId = newId('post');
  const variantOf = Object.fromEntries(PLATFORMS.map((p) => [p, newId('variant')]));
  await db.asSystem(async (tx) => {
    await tx.insert(posts).values({ id: postId, workspaceId, title: 'Chaos', createdBy: 'system:chaos' });
    await tx.insert(variants).values(
      PLATFORMS.map((platform) => ({
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
      const id = newId('publication');
      const due = o.from + Math.floor((index * o.spanMs) / o.n);
      const number = all.length;
      const { platform, connectionId } = account;
      const count = pictures(o.seed, index, platform);
      const never = refused(o.seed, index, platform);
      const media = o.files
        .slice(0, count)
        // X refuses such a long description.
        .map((file, i) => ({ ...file, alt: altOf(number, i + 1).padEnd(never ? 1_200 : 0, '.') }));
      all.push({
        ...{ number, id, optional: false, platform, connectionId, due, follows: null },
        pictures: count,
        refused: never,
      });
      const parts = Array.from({ length: following(o.seed, index, platform) }, (_, i) => {
        const part = number + 1 + i;
        const partId = `${id}-${String(i + 2).padStart(2, '0')}`;
        all.push({
          number: part,
          id: partId,
          optional: false,
          platform,
          connectionId,
          due,
          follows: part - 1,
          ...NONE,
        });
        return { text: textOf(part, o.seed) };
      });
      const follow_up_rule = followedUp(o.seed, index, platform) ? ruleFor(all.length, o.seed) : null;
      if (follow_up_rule)
        all.push({
          number: all.length,
          id: followUpKey(id),
          optional: true,
          platform,
          connectionId,
          due,
          follows: number,
          ...NONE,
        });
      return {
        id,
        connection: account.connectionId,
        variant: variantOf[account.platform],
        text: textOf(number, o.seed),
        parts,
        media,
        follow_up_rule,
        due: new Date(due).toISOString(),
      };
    });
    await db.asSystem((tx) =>
      tx.execute(sql`
        insert into publications (id, workspace_id, post_id, variant_id, connection_id, text, parts, media, follow_up_rule, due_at, local_time, time_zone, state, marker, request_key, created_by)
        select r.id, ${workspaceId}, ${postId}, r.variant, r.connection, r.text, r.parts, r.media, nullif(r.follow_up_rule, 'null'::jsonb), r.due::timestamptz, '2026-01-01T00:00', 'UTC', 'scheduled', r.id, r.id, 'system:chaos'
        from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as r(id text, connection text, variant text, text text, parts jsonb, media jsonb, follow_up_rule jsonb, due text)`),
    );
  }
  return all;
}
