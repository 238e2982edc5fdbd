import { and, asc, eq, gt, gte, inArray, isNull, lt, or, sql } from 'drizzle-orm';
import type { Db, Tx } from '@/db/client';
import {
  approvals,
  connections,
  evergreenPosts,
  type Media,
  PUBLICATION_LISTS,
  postingSettings,
  posts,
  publications,
  variants,
  workspaces,
} from '@/db/schema';
import { json } from '@/db/statements';
import { DAY_MS } from '@/server/foundation/durations';
import { assertNoneFailed, eachRow } from '@/server/foundation/each-row';
import { isAppError, notFound } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import type { OptionValues } from '@/server/foundation/option-values';
import type { Ctx } from '@/server/verbs/context';
import type { Platforms } from '@/server/verbs/platforms';
import { recordActivity } from '../activity/record-activity';
import { needsApprovalForWriters } from '../approval-requests/approval-policy';
import { newApproval, openApproval } from '../approval-requests/open-approval';
import { followUpRuleFor } from '../follow-up-rules/default-follow-up-rule';
import { readPost } from '../posts/queries';
import type { Post } from '../posts/schemas';
import { checkTargets, type Target } from '../preflight/check-targets';
import type { Content } from '../publications/content';
import { newPublication } from '../publications/new-publication';
import { requestSweep } from '../publications/request-sweep';
import type { PublicationState } from '../publications/transitions';
import { DailyQuota } from '../scheduling/count-day';
import { minuteOf, readSlots, takenMinutes } from '../scheduling/free-slots';
import { type SlotTime, slotTimes } from '../scheduling/slot-times';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { asciiText, chooseWording, isGapOver, sameTextDays, type Use } from './evergreen-rules';
import { EVERGREEN_ACTOR } from './queue';

/** Only slots of the next day are filled, which leaves the later ones free for users' posts. */
export const AHEAD_MS = DAY_MS;
/** A slot that is closer than this is left to users. */
const SOONEST_MS = 10 * 60_000;
const PAGE = 200;

/** Returns a page of ids of workspaces that recycle posts, after a given id. */
export async function workspacesWithEvergreen(db: Db, after = ''): Promise<string[]> {
  const rows = await db.asSystem((tx) =>
    tx
      .selectDistinct({ id: evergreenPosts.workspaceId })
      .from(evergreenPosts)
      .where(and(eq(evergreenPosts.paused, false), gt(evergreenPosts.workspaceId, after)))
      .orderBy(asc(evergreenPosts.workspaceId))
      .limit(PAGE),
  );
  return rows.map((row) => row.id);
}

/**
 * Fills the free slots of a workspace's next day with evergreen posts of the slot's topic, starting with the one that rested longest. A
 * post waits for its gap to pass, and a text is not repeated on the account within it. It has the
 * options that were chosen for the account, otherwise those with which it was last sent there. A repeated call changes nothing, because each slot
 * is filled only once.
 */
export async function fillEvergreen({ ctx }: { ctx: Ctx }): Promise<{ filled: number }> {
  const now = ctx.clock.now();
  const ahead = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const [row] = await tx
      .select({ workspace: workspaces, settings: postingSettings })
      .from(workspaces)
      .leftJoin(postingSettings, eq(postingSettings.workspaceId, workspaces.id))
      .where(eq(workspaces.id, ctx.workspaceId));
    if (!row) throw notFound('workspace');
    const accounts = await tx
      .select({ id: connections.id, platform: connections.platform })
      .from(connections)
      .where(and(eq(connections.workspaceId, ctx.workspaceId), eq(connections.status, 'active')))
      .orderBy(asc(connections.id));
    const slots = await readSlots(
      tx,
      ctx.workspaceId,
      accounts.map((a) => a.id),
    );
    return { ...row, accounts, slots };
  });
  const begin = new Date(now.getTime() + SOONEST_MS);
  const until = new Date(now.getTime() + AHEAD_MS);
  let filled = 0;
  let soonest = null as Date | null;
  const free = ahead.accounts.flatMap((account) =>
    [...slotTimes(ahead.slots.get(account.id) ?? [], ahead.workspace.timeZone, begin, until)].map((slot) => ({
      account,
      slot,
    })),
  );
  const swept = await eachRow(free, {
    what: 'Filling a free slot',
    of: ({ account, slot }) => ({ workspaceId: ctx.workspaceId, connectionId: account.id, slot: slot.at }),
    async work({ account, slot }) {
      const due = { dueAt: slot.at, localTime: slot.local, timeZone: ahead.workspace.timeZone };
      const done = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
        const workspace = await lockWorkspace(tx, ctx.workspaceId);
        const choice = await choose(tx, ctx, account, slot, ahead.settings, ctx.platforms);
        if (!choice) return null;
        if (!(await new DailyQuota(tx, workspace).take(slot.at))) return null;
        const approval = choice.asks
          ? newApproval({
              ctx,
              workspace,
              settings: ahead.settings,
              post: choice.post,
              targets: [choice.target],
              dues: new Map([[account.id, due]]),
            })
          : null;
        const { id: variantId, text, link, parts, media } = choice.target.variant;
        const made = await tx
          .insert(publications)
          .values(
            newPublication(ctx, {
              postId: choice.post.id,
              variantId,
              connectionId: account.id,
              platform: account.platform,
              text,
              link,
              parts,
              media,
              options: choice.target.options,
              due,
              waits: approval !== null,
              follows: null,
              requestKey: `evergreen:${account.id}:${slot.at.toISOString()}`,
              followUpRule: followUpRuleFor(
                undefined,
                ahead.settings?.followUpRule,
                account.platform,
                ctx.platforms,
              ),
              approvalId: approval?.row.id ?? null,
              createdBy: EVERGREEN_ACTOR,
            }),
          )
          .onConflictDoNothing()
          .returning({ id: publications.id });
        if (made.length === 0) return null;
        if (approval) await openApproval(tx, ctx, approval);
        await recordActivity(tx, ctx, {
          verb: 'evergreen.filled',
          subjectType: 'post',
          subjectId: choice.post.id,
          summary: fact('planning.activity.slotFilled', {
            title: choice.post.title,
            account: choice.target.connectionName,
            time: { local: slot.local },
            zone: due.timeZone,
          }),
          after: { publicationId: made[0]?.id, dueAt: due.dueAt.toISOString() },
        });
        return { asks: approval !== null };
      });
      if (!done) return;
      filled++;
      if (done.asks) {
        await ctx.events.publish('email/queued', {});
      } else if (!soonest || slot.at < soonest) soonest = slot.at;
    },
  });
  if (soonest) await requestSweep(ctx, soonest);
  assertNoneFailed(swept, 'Filling free slots');
  return { filled };
}

interface Choice {
  post: Post;
  target: Target;
  /** Whether the post needs approval. It does not if this exact text was approved or published before, or if its authors can approve. */
  asks: boolean;
}

/** Returns the post for a slot with its chosen wording, or null if the slot is occupied or no post is ready. */
async function choose(
  tx: Tx,
  ctx: Ctx,
  account: { id: string; platform: string },
  slot: SlotTime,
  settings: typeof postingSettings.$inferSelect | null,
  port: Platforms,
): Promise<Choice | null> {
  const taken = await takenMinutes(tx, ctx.workspaceId, account.id, slot.at, slot.at);
  if (taken.has(minuteOf(slot.at))) return null;
  const onAccount = and(
    eq(publications.workspaceId, ctx.workspaceId),
    eq(publications.connectionId, account.id),
  );
  const [asked] = await tx
    .select({ id: publications.id })
    .from(publications)
    .where(
      and(
        eq(publications.workspaceId, ctx.workspaceId),
        eq(publications.requestKey, `evergreen:${account.id}:${slot.at.toISOString()}`),
      ),
    );
  // The slot was filled before, and a user removed the post.
  if (asked) return null;
  const ready = await tx
    .select({ evergreen: evergreenPosts, author: posts.createdBy })
    .from(evergreenPosts)
    .innerJoin(posts, eq(posts.id, evergreenPosts.postId))
    .where(
      and(
        eq(evergreenPosts.workspaceId, ctx.workspaceId),
        eq(evergreenPosts.paused, false),
        slot.topicId === null ? undefined : eq(posts.topicId, slot.topicId),
      ),
    )
    .orderBy(asc(evergreenPosts.createdAt), asc(evergreenPosts.postId));
  if (ready.length === 0) return null;
  // A post that a user removed from a slot counts as a turn, so that it does not return an hour later. Follow-ups do not count.
  const turns = await tx
    .select({
      postId: publications.postId,
      text: publications.text,
      media: publications.media,
      at: publications.dueAt,
      state: publications.state,
      options: publications.options,
    })
    .from(publications)
    .where(
      and(
        onAccount,
        inArray(
          publications.postId,
          ready.map((r) => r.evergreen.postId),
        ),
        isNull(publications.followsId),
        or(
          inArray(publications.state, PUBLICATION_LISTS.counted),
          and(eq(publications.state, 'cancelled'), eq(publications.createdBy, EVERGREEN_ACTOR)),
        ),
      ),
    );
  const uses = new Map<string, Use[]>();
  for (const { postId, text, media, at } of turns)
    uses.set(postId, [...(uses.get(postId) ?? []), asUse({ text, media, at })]);
  const lastOf = (postId: string) =>
    Math.max(Number.NEGATIVE_INFINITY, ...(uses.get(postId) ?? []).map((use) => use.at.getTime()));
  const byRest = [...ready].sort((a, b) => {
    const [x, y] = [lastOf(a.evergreen.postId), lastOf(b.evergreen.postId)];
    return x === y ? 0 : x - y;
  });
  for (const { evergreen, author } of byRest) {
    const own = uses.get(evergreen.postId) ?? [];
    if (!isGapOver(slot.at, own, evergreen.gapDays)) continue;
    const post = await readPost(tx, ctx.workspaceId, evergreen.postId);
    const variant = post.variants.find((v) => v.platform === account.platform);
    if (!variant) continue;
    const wordings = [variant.text, ...(evergreen.wordings[account.platform] ?? [])];
    const files = filesOf(variant.media);
    const text = await unusedWording(tx, account, slot, wordings, files, own, evergreen.gapDays, onAccount);
    if (text === null) continue;
    try {
      const worded = {
        ...post,
        variants: post.variants.map((v) => (v === variant ? { ...v, text } : v)),
      };
      const options = evergreen.options[account.id] ?? lastOptions(turns, evergreen.postId);
      const request = { connectionId: account.id, options };
      const [target] = await checkTargets(tx, ctx.workspaceId, worded, [request], port);
      if (target) {
        const asks =
          (await needsApprovalForWriters(
            tx,
            ctx,
            settings,
            await writersOf(tx, ctx, { evergreen, author, variant, text, connectionId: account.id }),
          )) && !(await wasApproved(tx, ctx, post.id, { ...variant, text, options: target.options }));
        return { post: worded, target, asks };
      }
    } catch (error) {
      // The text no longer fits the platform, so the next post gets the slot.
      if (!isAppError(error)) throw error;
    }
  }
  return null;
}

/** States of publications whose options nobody has to approve any more. */
const RELEASED: readonly PublicationState[] = PUBLICATION_LISTS.released;

/** Returns the options with which the post was last scheduled or published on the account; undefined if it never was. */
function lastOptions(
  turns: readonly { postId: string; at: Date; state: PublicationState; options: OptionValues }[],
  postId: string,
): OptionValues | undefined {
  return turns
    .filter((turn) => turn.postId === postId && RELEASED.includes(turn.state))
    .reduce<(typeof turns)[number] | undefined>((a, b) => (a && a.at > b.at ? a : b), undefined)?.options;
}

/**
 * Returns the actor keys of everyone responsible for the content: the author of the text and media, the author of an alternative wording,
 * whoever chose the account's options, and whoever set up or resumed the recycling.
 */
async function writersOf(
  tx: Tx,
  ctx: Ctx,
  o: {
    evergreen: typeof evergreenPosts.$inferSelect;
    author: string;
    variant: Post['variants'][number];
    text: string;
    connectionId: string;
  },
): Promise<string[]> {
  const { evergreen, variant } = o;
  const [row] = await tx
    .select({ writtenBy: variants.writtenBy })
    .from(variants)
    .where(and(eq(variants.workspaceId, ctx.workspaceId), eq(variants.id, variant.id)));
  return [
    row?.writtenBy ?? o.author,
    ...(o.text === variant.text ? [] : [evergreen.wordingsBy[variant.platform] ?? evergreen.createdBy]),
    ...[evergreen.optionsBy[o.connectionId] ?? []].flat(),
    evergreen.resumedBy ?? evergreen.createdBy,
  ];
}

const filesOf = (media: readonly Pick<Media, 'fileId'>[]): string[] => media.map((one) => one.fileId);
const asUse = ({ media, ...use }: { text: string; media: readonly Media[]; at: Date }): Use => ({
  ...use,
  files: filesOf(media),
});

const asciiOf = (text: typeof publications.text) =>
  sql`lower(regexp_replace(normalize(${text}, nfd), '[^a-zA-Z0-9]+', '', 'g') collate "C")`;

/** Returns a wording that the account has not used within its no-repeat days, in this post or another. */
async function unusedWording(
  tx: Tx,
  account: { platform: string },
  slot: SlotTime,
  wordings: readonly string[],
  files: readonly string[],
  own: readonly Use[],
  gapDays: number,
  onAccount: ReturnType<typeof and>,
): Promise<string | null> {
  const reach = sameTextDays(account.platform, gapDays) * DAY_MS;
  const same = await tx
    .select({ text: publications.text, media: publications.media, at: publications.dueAt })
    .from(publications)
    .where(
      and(
        onAccount,
        eq(publications.kind, 'post'),
        gte(publications.dueAt, new Date(slot.at.getTime() - reach)),
        lt(publications.dueAt, new Date(slot.at.getTime() + reach)),
        inArray(publications.state, PUBLICATION_LISTS.counted),
        // A first selection; `chooseWording` compares the whole texts.
        inArray(asciiOf(publications.text), wordings.map(asciiText)),
      ),
    );
  const uses = [...own, ...same.map(asUse)];
  return chooseWording(slot.at, wordings, files, uses, account.platform, gapDays);
}

async function wasApproved(
  tx: Tx,
  ctx: Ctx,
  postId: string,
  { text, link, parts, media, options }: Content,
): Promise<boolean> {
  const [found] = await tx
    .select({ id: publications.id })
    .from(publications)
    .leftJoin(approvals, eq(approvals.id, publications.approvalId))
    .where(
      and(
        eq(publications.workspaceId, ctx.workspaceId),
        eq(publications.postId, postId),
        eq(publications.text, text),
        sql`${publications.parts} = ${json(parts)}`,
        sql`${publications.media} = ${json(media)}`,
        sql`${publications.options} = ${json(options)}`,
        link === null ? sql`${publications.link} is null` : eq(publications.link, link),
        or(eq(publications.state, 'published'), eq(approvals.state, 'approved')),
      ),
    )
    .limit(1);
  return found !== undefined;
}
