import { and, desc, eq, lt, or, sql } from 'drizzle-orm';
import { z } from 'zod';
import { jobRuns, systemRuns } from '@/db/schema';
import { notFound } from '@/server/foundation/errors';
import { readTimeCursor, writeTimeCursor } from '@/server/foundation/inputs';
import { defineVerb } from '@/server/verbs/define';
import { listRunsInput, runDetail, runIdInput, runList, systemRun, systemRunsInput } from './schemas';

/** Lists the workspace's background work, newest first. */
export const listRuns = defineVerb({
  verb: 'runs.list',
  access: 'workspace.read',
  effect: 'read',
  input: listRunsInput,
  output: runList,
  run: async (ctx, input) => {
    const { status, function: name, cursor, limit } = input;
    const after = readTimeCursor(cursor);
    const rows = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
      tx
        .select({
          id: jobRuns.id,
          function: jobRuns.function,
          status: jobRuns.status,
          attempts: sql<number>`${jobRuns.attempt} + 1`.mapWith(Number),
          subject: jobRuns.subject,
          error: jobRuns.error,
          startedAt: jobRuns.startedAt,
          endedAt: jobRuns.endedAt,
          steps: sql<number>`jsonb_array_length(${jobRuns.steps})`.mapWith(Number),
        })
        .from(jobRuns)
        .where(
          and(
            eq(jobRuns.workspaceId, ctx.workspaceId),
            status ? eq(jobRuns.status, status) : undefined,
            name ? eq(jobRuns.function, name) : undefined,
            after
              ? or(
                  lt(jobRuns.startedAt, after.at),
                  and(eq(jobRuns.startedAt, after.at), lt(jobRuns.id, after.id)),
                )
              : undefined,
          ),
        )
        .orderBy(desc(jobRuns.startedAt), desc(jobRuns.id))
        .limit(limit + 1),
    );
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return {
      items,
      nextCursor: rows.length > limit && last ? writeTimeCursor(last.startedAt, last.id) : null,
    };
  },
});

/** Returns one run with its steps. */
export const getRun = defineVerb({
  verb: 'runs.get',
  access: 'workspace.read',
  effect: 'read',
  input: runIdInput,
  output: runDetail,
  run: async (ctx, input) => {
    const { id } = input;
    const [row] = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
      tx
        .select()
        .from(jobRuns)
        .where(and(eq(jobRuns.workspaceId, ctx.workspaceId), eq(jobRuns.id, id))),
    );
    if (!row) throw notFound('run');
    const { workspaceId: _, attempt, ...run } = row;
    return { ...run, attempts: attempt + 1 };
  },
});

/**
 * Lists the installation's own work: sweeps and clean-ups, without texts that could reveal workspace data. For operators only
 * (operators.ts).
 */
export const listSystemRuns = defineVerb({
  verb: 'runs.system',
  access: 'installation',
  effect: 'read',
  input: systemRunsInput,
  output: z.array(systemRun),
  run: async ({ db }, { limit }) => {
    return db.asSystem((tx) =>
      tx
        .select({
          id: systemRuns.id,
          function: systemRuns.function,
          status: systemRuns.status,
          attempts: sql<number>`${systemRuns.attempt} + 1`.mapWith(Number),
          startedAt: systemRuns.startedAt,
          endedAt: systemRuns.endedAt,
          steps: sql<number>`jsonb_array_length(${systemRuns.steps})`.mapWith(Number),
        })
        .from(systemRuns)
        .orderBy(desc(systemRuns.startedAt), desc(systemRuns.id))
        .limit(limit),
    );
  },
});
