import { and, eq, getTableColumns, inArray } from 'drizzle-orm';
import type { z } from 'zod';
import type { Tx } from '@/db/client';
import { connections, grants, type Media, type Part, publications, type workspaces } from '@/db/schema';
import { losesDetail, mediaProblems } from '@/server/connectors/kit/media';
import { readOptions } from '@/server/connectors/kit/options';
import { isAppError, notFound } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';
import { localDayOf, localTimeOf, resolveLocalTime } from '@/server/foundation/local-time';
import type { OptionValues } from '@/server/foundation/option-values';
import type { OwnLimits } from '@/server/foundation/own-limits';
import type { Ctx } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { optionTerms, type Platforms } from '@/server/verbs/platforms';
import { completeMedia } from '../files/complete-media';
import { readPost } from '../posts/queries';
import { assertDailyQuota, DailyQuota } from '../scheduling/count-day';
import { findFreeSlot, noFreeSlotReason } from '../scheduling/free-slots';
import { resolveDue } from '../scheduling/resolve-due';
import { unreachable } from '../uploads/unreachable';
import { readWorkspace } from '../workspaces/read-workspace';
import { accessWarning } from './check-schedule-access';
import { limitWarnings, type PostToCheck } from './check-schedule-limits';
import { readLoads, readQuotaSnapshot } from './check-schedule-load';
import { hourWarnings, readNeighbours, repeatWarnings } from './check-schedule-near';
import { checkScheduleInput, checkScheduleOutput, type ScheduleWarning } from './check-schedule-schemas';
import { dayOf, selectableTime } from './check-schedule-words';
import { lacksUpload, lengthProblem, optionPost, uploadRefusal } from './check-targets';

/** How many days ahead a day with capacity in the plan is searched. */
const DAYS_AHEAD = 14;

interface Question extends PostToCheck {
  text: string | null;
  link: string | null;
  parts: readonly Part[];
  media: readonly Media[];
  /** The chosen options; undefined if they are not asked about. */
  options: OptionValues | undefined;
  limits: OwnLimits | null;
}
type Workspace = typeof workspaces.$inferSelect;

/**
 * Reports problems before a post is scheduled: a repeated text, a crowded hour, limits of the platform and the plan, an expiring
 * connection. Changes nothing and refuses nothing; even a time that scheduling would refuse is a warning.
 */
export const checkSchedule = defineVerb({
  verb: 'publications.check',
  access: 'posts.publish',
  effect: 'check',
  input: checkScheduleInput,
  output: checkScheduleOutput,
  run: async (ctx, input) => {
    const asked = input;
    const now = ctx.clock.now();
    const read = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const workspace = await readWorkspace(tx, ctx);
      const zone = workspace.timeZone;
      const { questions, access, refused } = await readQuestions(tx, ctx, asked, workspace, ctx.platforms);
      const excludedIds = await ownIds(tx, ctx, asked.moving);
      const neighbours = await readNeighbours(tx, ctx.workspaceId, questions, excludedIds);
      const warnings = [
        ...refused,
        ...questions.flatMap((q) => {
          const row = access.find((a) => a.id === q.connectionId);
          return (row && accessWarning(q, row, now, zone)) ?? [];
        }),
        ...mediaWarnings(questions, ctx.platforms),
        ...questions.flatMap((q) => optionWarnings(q, ctx.platforms)),
        ...questions.flatMap((q) => lengthWarnings(q, ctx.platforms)),
        ...questions.flatMap((q) => {
          const row = access.find((a) => a.id === q.connectionId);
          const lacks =
            row && lacksUpload(ctx.platforms.traits(q.platform), row.remoteId, row.grant?.scopes ?? null);
          return lacks && q.media.length > 0
            ? [refusedMedia(q, uploadRefusal(q.connectionName, q.platformName), RECONNECT)]
            : [];
        }),
        ...questions.flatMap((q) => {
          const problem = q.media.length > 0 && unreachable(ctx.platforms.traits(q.platform), q.environment);
          return problem ? [refusedMedia(q, problem, null)] : [];
        }),
        ...(await planWarnings(tx, workspace, questions, excludedIds)),
      ];
      const loads = await readLoads(tx, ctx.workspaceId, questions, excludedIds, now);
      return { zone, questions, excludedIds, neighbours, warnings, loads };
    });
    const { zone, questions, excludedIds, neighbours, loads } = read;
    const quota = await readQuotaSnapshot(ctx.db, questions, excludedIds, now);
    return {
      warnings: [
        ...read.warnings,
        ...limitWarnings(questions, loads, quota, zone),
        ...(await repeatWarnings(questions, neighbours, zone)),
        ...hourWarnings(questions, neighbours, zone),
      ],
    };
  },
});

async function readQuestions(
  tx: Tx,
  ctx: Ctx,
  asked: z.output<typeof checkScheduleInput>,
  workspace: Workspace,
  port: Platforms,
) {
  const zone = workspace.timeZone;
  const quota = new DailyQuota(tx, workspace);
  const ids = [...new Set(asked.targets.map((t) => t.connectionId))];
  const access = await tx
    .select({ ...getTableColumns(connections), grant: grants })
    .from(connections)
    .leftJoin(grants, eq(grants.id, connections.grantId))
    .where(and(eq(connections.workspaceId, ctx.workspaceId), inArray(connections.id, ids)));
  const post = asked.postId ? await readPost(tx, ctx.workspaceId, asked.postId) : null;
  const texts = await completeMedia(tx, ctx.workspaceId, asked.texts);
  const questions: Question[] = [];
  const refused = new Map<string, ScheduleWarning>();
  for (const id of ids) {
    const row = access.find((a) => a.id === id);
    if (!row) throw notFound('account');
    const target = asked.targets.find((t) => t.connectionId === id);
    const own = target?.local;
    let local = own ?? (asked.when.kind === 'at' ? asked.when.local : null);
    let at: Date | null = null;
    if (!own && asked.when.kind === 'next_slot') {
      const topicId = asked.topicId === undefined ? (post?.topicId ?? null) : asked.topicId;
      const slot = await findFreeSlot(tx, workspace, id, topicId, ctx.clock.now(), quota);
      if (!slot) {
        const why = await noFreeSlotReason(tx, workspace.id, id, row.remoteName);
        refused.set(id, timeWarning(why, null, zone));
        continue;
      }
      local = slot.local;
      at = slot.at;
    }
    const written =
      texts.find((t) => t.platform === row.platform) ??
      post?.variants.find((v) => v.platform === row.platform);
    try {
      questions.push({
        connectionId: id,
        connectionName: row.remoteName,
        platform: row.platform,
        platformName: port.traits(row.platform)?.name ?? row.platform,
        environment: row.environment,
        dueAt: at ?? resolveDue(local, zone, ctx.clock.now()).dueAt,
        text: written?.text ?? null,
        link: written?.link || null,
        parts: written?.parts ?? [],
        media: written?.media ?? [],
        options: target?.options,
        limits: row.limits,
        posts: 1 + (written?.parts.length ?? 0),
      });
    } catch (error) {
      if (!isAppError(error) || error.code !== 'invalid') throw error;
      refused.set(local ?? '', timeWarning(error.fact, error.details?.suggestion, zone));
    }
  }
  return { questions, access, refused: [...refused.values()] };
}

const EVERYWHERE = { connectionId: null, platform: null, connectionName: null };

/** Warning about a time that would be refused: in the past, too far ahead, or skipped by a clock change. */
function timeWarning(message: Fact, suggestion: unknown, zone: string): ScheduleWarning {
  const better =
    typeof suggestion === 'string'
      ? { at: resolveLocalTime(suggestion, zone).instant, local: suggestion }
      : null;
  return { ...EVERYWHERE, code: 'time_refused', message, refused: true, better, fix: null };
}

const RECONNECT = { label: fact('preflight.actions.reconnect'), href: '/connections' };

/** Warning about an account that cannot be sent media, which scheduling would refuse. */
const refusedMedia = (q: Question, message: Fact, fix: ScheduleWarning['fix']): ScheduleWarning => ({
  code: 'media_refused',
  connectionId: q.connectionId,
  platform: q.platform,
  connectionName: q.connectionName,
  message,
  refused: true,
  better: null,
  fix,
});

/** Warns about media that scheduling would refuse or that loses much detail, once per platform and for each account with limits of its own. */
function mediaWarnings(questions: readonly Question[], port: Platforms): ScheduleWarning[] {
  const platforms = new Map(questions.map((q) => [q.limits ? q.connectionId : q.platform, q]));
  return [...platforms.values()].flatMap((q) => {
    const { platform, platformName, media } = q;
    const limits = port.traits(platform, q.limits)?.media;
    const where = q.limits ? { connectionId: q.connectionId, connectionName: q.connectionName } : {};
    const warning = (code: 'media_refused' | 'media_reduced', index: number | null, message: Fact) => ({
      ...EVERYWHERE,
      ...where,
      platform,
      code,
      message: numbered(media, index, message),
      refused: code === 'media_refused',
      better: null,
      fix: null,
    });
    return [
      ...mediaProblems(platformName, limits, media).map(({ index, message }) =>
        warning('media_refused', index, message),
      ),
      ...media.flatMap((one, index) =>
        limits && losesDetail(limits, one)
          ? [warning('media_reduced', index, fact('preflight.problems.reduced', { platform: platformName }))]
          : [],
      ),
    ];
  });
}

/** Warns about options that an account's platform does not take and scheduling would refuse. */
function optionWarnings(q: Question, port: Platforms): ScheduleWarning[] {
  if (q.options === undefined) return [];
  const traits = port.traits(q.platform, q.limits);
  const post =
    traits && q.text !== null
      ? optionPost({ ...q, text: q.text, parts: [...q.parts], media: [...q.media] }, traits)
      : null;
  const { problems } = readOptions(optionTerms(port, q.platform, q.limits), q.options, post);
  return problems.map(({ message }) => ({
    code: 'options_refused',
    connectionId: q.connectionId,
    platform: q.platform,
    connectionName: q.connectionName,
    message,
    refused: true,
    better: null,
    fix: null,
  }));
}

/** Warns about a text that is too long for an account whose limits are its own; forms know those of the platform. */
function lengthWarnings(q: Question, port: Platforms): ScheduleWarning[] {
  const traits = q.limits && port.traits(q.platform, q.limits);
  if (!traits || q.text === null) return [];
  const message = lengthProblem(
    { text: q.text, link: q.link, parts: q.parts, media: q.media },
    q.platformName,
    traits,
  );
  return message
    ? [
        {
          code: 'text_refused',
          connectionId: q.connectionId,
          platform: q.platform,
          connectionName: q.connectionName,
          message,
          refused: true,
          better: null,
          fix: null,
        },
      ]
    : [];
}

/** Adds the position if there are several media, because two may have the same problem. */
function numbered(media: readonly Media[], index: number | null, problem: Fact): Fact {
  const one = index === null ? undefined : media[index];
  return one && index !== null && media.length > 1
    ? fact('preflight.problems.oneOfMedia', { kind: one.kind, place: index + 1, problem })
    : problem;
}

/** Returns the ids that are publications of this workspace and ignores the others. */
async function ownIds(tx: Tx, ctx: Ctx, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await tx
    .select({ id: publications.id })
    .from(publications)
    .where(and(eq(publications.workspaceId, ctx.workspaceId), inArray(publications.id, [...ids])));
  return rows.map((row) => row.id);
}

/** Warns about the plan's daily limit, which scheduling would enforce, with the next day that has capacity. */
async function planWarnings(
  tx: Tx,
  workspace: Workspace,
  questions: readonly Question[],
  excludedIds: readonly string[],
): Promise<ScheduleWarning[]> {
  const zone = workspace.timeZone;
  const days = new Map<number, Question[]>();
  for (const question of questions) {
    const day = localDayOf(question.dueAt, zone).from.getTime();
    days.set(day, [...(days.get(day) ?? []), question]);
  }
  const warnings: ScheduleWarning[] = [];
  for (const own of days.values()) {
    const due = own[0]?.dueAt;
    if (!due) continue;
    const full = await planRefuses(tx, workspace, due, own.length, excludedIds);
    if (full === null) continue;
    let better: ScheduleWarning['better'] = null;
    let day = due;
    for (let i = 0; i < DAYS_AHEAD && !better; i++) {
      day = sameTimeNextDay(day, due, zone);
      if ((await planRefuses(tx, workspace, day, own.length, excludedIds)) === null)
        better = selectableTime(day.getTime(), zone);
    }
    warnings.push({
      ...EVERYWHERE,
      code: 'plan_limit',
      message: fact('preflight.problems.dayFull', { day: dayOf(due, zone), problem: full }),
      refused: true,
      better,
      fix: { label: fact('preflight.actions.seePlans'), href: '/settings/billing' },
    });
  }
  return warnings;
}

async function planRefuses(
  tx: Tx,
  workspace: Workspace,
  due: Date,
  adding: number,
  excludedIds: readonly string[],
): Promise<Fact | null> {
  try {
    await assertDailyQuota(tx, workspace, due, adding, excludedIds);
    return null;
  } catch (error) {
    if (isAppError(error) && error.code === 'limit_reached') return error.fact;
    throw error;
  }
}

/** Returns the wall-clock time of `like` on the day after `day`, or the start of that day if a clock change skips it. */
function sameTimeNextDay(day: Date, like: Date, zone: string): Date {
  const next = localDayOf(day, zone).to;
  const local = `${localTimeOf(next, zone).slice(0, 10)}T${localTimeOf(like, zone).slice(11)}`;
  try {
    return resolveLocalTime(local, zone).instant;
  } catch {
    return next;
  }
}
