import { and, asc, eq, inArray, ne, sql } from 'drizzle-orm';
import { connections, PUBLICATION_LISTS, postingSettings, publications, topics } from '@/db/schema';
import { platformTraits } from '@/server/connectors/platform-traits';
import { AppError, notFound } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { defineVerb, nothing } from '@/server/verbs/define';
import { recordActivity } from '../activity/record-activity';
import { hasOwnSlot } from '../publications/publication-kind';
import { readSlots } from '../scheduling/free-slots';
import { slotTimes } from '../scheduling/slot-times';
import { topicName } from '../topics/catalogue';
import { readWorkspace } from '../workspaces/read-workspace';
import { missedOutput, type Plan, planOutput, saveMissedInput } from './schemas';

/** How far ahead clock changes are reported. */
const NOTES_MS = 42 * 86_400_000;
const MAX_NOTES = 6;

/** Returns the accounts that take posts, with their weekly slots and number of pending publications. */
export const getPlan = defineVerb({
  verb: 'planning.plan',
  access: 'workspace.read',
  effect: 'read',
  input: nothing,
  output: planOutput,
  run: async (ctx) => {
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const workspace = await readWorkspace(tx, ctx);
      const accounts = (
        await tx
          .select()
          .from(connections)
          .where(and(eq(connections.workspaceId, ctx.workspaceId), ne(connections.status, 'disconnected')))
          .orderBy(asc(connections.createdAt), asc(connections.id))
      ).filter((account) => platformTraits(account.platform)?.publishes);
      const ids = accounts.map((account) => account.id);
      const slots = await readSlots(tx, ctx.workspaceId, ids);
      const waiting =
        ids.length === 0
          ? []
          : await tx
              .select({ id: publications.connectionId, n: sql<number>`count(*)::int` })
              .from(publications)
              .where(
                and(
                  eq(publications.workspaceId, ctx.workspaceId),
                  inArray(publications.connectionId, ids),
                  inArray(publications.state, PUBLICATION_LISTS.waiting),
                  // Counts the same publications as the queue lists.
                  hasOwnSlot(),
                ),
              )
              .groupBy(publications.connectionId);
      const chosen = await tx
        .select({ id: topics.id, slug: topics.slug })
        .from(topics)
        .where(and(eq(topics.workspaceId, ctx.workspaceId), eq(topics.active, true)))
        .orderBy(asc(topics.createdAt), asc(topics.slug));
      const now = ctx.clock.now();
      const until = new Date(now.getTime() + NOTES_MS);
      const notes: Plan['notes'] = [];
      for (const id of ids)
        for (const { at, note } of slotTimes(slots.get(id) ?? [], workspace.timeZone, now, until))
          if (note && notes.length < MAX_NOTES) notes.push({ connectionId: id, at, note });
      return {
        timeZone: workspace.timeZone,
        topics: chosen.map(({ id, slug }) => ({ id, name: topicName(slug) })),
        connections: accounts.map((account) => ({
          id: account.id,
          platform: account.platform,
          name: account.remoteName,
          status: account.status,
          environment: account.environment,
          slots: slots.get(account.id) ?? [],
          waiting: waiting.find((row) => row.id === account.id)?.n ?? 0,
        })),
        notes,
      };
    });
  },
});

/** Reads the policy for posts whose time passed while the app was not running. */
export const getMissed = defineVerb({
  verb: 'planning.missed',
  access: 'workspace.read',
  effect: 'read',
  input: nothing,
  output: missedOutput,
  run: async (ctx) => {
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const [row] = await tx
        .select({ policy: postingSettings.missedPolicy, minutes: postingSettings.missedMinutes })
        .from(postingSettings)
        .where(eq(postingSettings.workspaceId, ctx.workspaceId));
      if (!row) throw notFound('setting');
      return row;
    });
  },
});

/** Changes the policy for missed posts. Throws `conflict` if another user changed it since the user saw it. */
export const saveMissed = defineVerb({
  verb: 'planning.saveMissed',
  access: 'schedule.change',
  effect: 'change',
  input: saveMissedInput,
  output: missedOutput,
  run: async (ctx, input) => {
    const { policy, minutes, seen } = input;
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const [row] = await tx
        .select({ policy: postingSettings.missedPolicy, minutes: postingSettings.missedMinutes })
        .from(postingSettings)
        .where(eq(postingSettings.workspaceId, ctx.workspaceId))
        .for('update');
      if (!row) throw notFound('setting');
      if (row.policy !== seen.policy || row.minutes !== seen.minutes)
        throw new AppError('conflict', fact('planning.errors.missedChanged'));
      await tx
        .update(postingSettings)
        .set({ missedPolicy: policy, missedMinutes: minutes })
        .where(eq(postingSettings.workspaceId, ctx.workspaceId));
      await recordActivity(tx, ctx, {
        verb: 'missed.changed',
        subjectType: 'workspace',
        subjectId: ctx.workspaceId,
        summary: {
          post: fact('planning.activity.missedGoOut', { minutes }),
          skip: fact('planning.activity.missedLeftOut'),
          ask: fact('planning.activity.missedAsked'),
        }[policy],
        before: row,
        after: { policy, minutes },
      });
      return { policy, minutes };
    });
  },
});
