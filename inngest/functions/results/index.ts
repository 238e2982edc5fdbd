import type { InngestFunction } from 'inngest';
import { getDb } from '@/db/client';
import { type FollowUpToRun as Found, followUpsToRun } from '@/server/domains/follow-ups/follow-ups-to-run';
import { runFollowUp } from '@/server/domains/follow-ups/run-follow-up';
import { connectionsToRead, followPublished } from '@/server/domains/results/due';
import { readResults } from '@/server/domains/results/read-results';
import { lastCompleted } from '@/server/domains/runs/last-completed';
import { systemClock } from '@/server/foundation/clock';
import { eachPagedRow } from '@/server/foundation/each-row';
import { inngest } from '../../client';
import { systemCtx } from '../../ctx';
import { sendEvents } from '../../event-publisher';
import { resultsRequested } from '../../events';
import { services } from '../../services';
import { onePlatform } from '../one-platform';

const SWEEP = 'results-sweep';
const EVENTS_AT_ONCE = 250;
/** Time after which a sweep starts no further page of follow-ups, in milliseconds. The next sweep continues there. */
const FOLLOW_UPS_MS = 10_000;
let leftOff: Found | null = null;
const ROUND_MS = 10 * 60_000;
/** Number of connections of one platform that are read at the same time, so that a slow platform leaves capacity for the others. */
const READERS_A_PLATFORM = 8;

/** Creates the follow-ups of posts, one after the other. A failure is logged, holds up no other follow-up and is retried. */
async function runEach(
  pages: (after: Found | null) => Promise<Found[]>,
  from: Found | null = null,
): Promise<{ completed: number; notMade: number; next: Found | null }> {
  let completed = 0;
  const until = performance.now() + FOLLOW_UPS_MS;
  const { failed, next } = await eachPagedRow<Found>({
    from,
    goOn: () => performance.now() < until,
    what: 'Creating a follow-up',
    of: ({ workspaceId, publicationId }) => ({ workspaceId, publicationId }),
    read: pages,
    async work({ workspaceId, publicationId }) {
      const ctx = await systemCtx(workspaceId, 'results');
      if ((await runFollowUp({ ctx, input: { publicationId } })) === 'completed') completed++;
    },
  });
  return { completed, notMade: failed, next };
}

/**
 * Finds new posts to follow, connections with results to read, and rules that were reached in a run that crashed. The rows serve as the
 * memo, so a repeated run does nothing twice.
 */
const sweep = inngest.createFunction(
  { id: SWEEP, triggers: [{ cron: '*/10 * * * *' }], concurrency: 1, retries: 1 },
  async () => {
    const db = await getDb();
    const last = await lastCompleted({ db, id: SWEEP });
    const followed = await followPublished({ ...(await services()), last });
    const due = await connectionsToRead({ db, clock: systemClock });
    // A repeated sweep requests the same readings only once.
    const round = Math.floor(systemClock.now().getTime() / ROUND_MS);
    for (let i = 0; i < due.length; i += EVENTS_AT_ONCE)
      await sendEvents<'results/read.requested'>(
        due.slice(i, i + EVENTS_AT_ONCE).map((connection) => ({
          name: 'results/read.requested',
          id: `results:${connection.connectionId}:${round}`,
          data: { ...connection },
        })),
      );
    const { next, ...counts } = await runEach(
      (after) => followUpsToRun({ db, clock: systemClock, after }),
      leftOff,
    );
    leftOff = next;
    return {
      followed,
      connections: due.length,
      ...counts,
    };
  },
);

/** Reads one connection's results. Each connection has its own run, so that a failing platform does not delay the others. */
const read = inngest.createFunction(
  {
    id: 'results-read',
    triggers: [resultsRequested],
    concurrency: onePlatform(READERS_A_PLATFORM),
    retries: 1,
  },
  async ({ event }) => {
    const { workspaceId, connectionId, platform } = event.data;
    const ctx = await systemCtx(workspaceId, 'results');
    const { reached, ...report } = await readResults({ ctx, input: { connectionId, platform } });
    const counts = await runEach(async (after) =>
      after ? [] : reached.map((publicationId) => ({ workspaceId, publicationId, at: '' })),
    );
    return {
      ...report,
      completed: counts.completed,
      notMade: counts.notMade,
    };
  },
);

const functions: InngestFunction.Any[] = [sweep, read];
export default functions;
