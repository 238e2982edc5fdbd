import { type InngestFunction, RetryAfterError } from 'inngest';
import { getDb } from '@/db/client';
import { actOnDeadlines } from '@/server/domains/approvals/act-on-deadlines';
import { type Claim, claimDue, releaseClaims } from '@/server/domains/due/claim-due';
import { notifyOfPendingStops } from '@/server/domains/posting-control/notify-members';
import { LANES_AT_ONCE, SWEEP_BATCH } from '@/server/domains/publications/policy';
import { idleLanes } from '@/server/domains/publisher/idle-lanes';
import { lookUpPublication } from '@/server/domains/publisher/look-up-publication';
import { publishDue } from '@/server/domains/publisher/publish-due';
import { dueMedia, type MediaDue } from '@/server/domains/uploads/due-media';
import { giveUpOnMedia } from '@/server/domains/uploads/give-up';
import { LONGEST_SLEEP_MS, UPLOADS_AT_ONCE } from '@/server/domains/uploads/policy';
import { uploadMedia } from '@/server/domains/uploads/upload-media';
import { systemClock } from '@/server/foundation/clock';
import { faultPoint } from '@/server/foundation/fault-points';
import { inngest } from '../../client';
import { systemCtx } from '../../ctx';
import { sendEvents } from '../../event-publisher';
import {
  laneRequested,
  mediaRequested,
  publicationClaimed,
  publicationUnsettled,
  recoveryRequested,
  sweepRequested,
} from '../../events';
import { type Asked, alreadySwept, swept } from '../../sweeps';
import { onePlatform } from '../one-platform';
import { announceLanes, recoverAll } from './recovery';

const EVENTS_AT_ONCE = 250;
const MAX_BATCHES = 20;
/** A platform that is slow or down keeps at most so many calls busy, and leaves the others theirs. */
const lanes = onePlatform(LANES_AT_ONCE);
/** Uploads take memory and bandwidth: fewer of them at once than posts. */
const uploadLanes = onePlatform(UPLOADS_AT_ONCE);
/** Steps of one run, its sleeps not counted: with them it stays well below what a run has. What is left is for the next run. */
const MAX_UPLOAD_STEPS = 200;

/** Sends one event for each claim, named so that a second send of the same claim starts nothing. */
async function announce(claims: readonly Claim[]): Promise<void> {
  for (let i = 0; i < claims.length; i += EVENTS_AT_ONCE) {
    faultPoint('announce claimed: before');
    await sendEvents<'publishing/publication.claimed'>(
      claims.slice(i, i + EVENTS_AT_ONCE).map((claim) => ({
        name: 'publishing/publication.claimed',
        id: `publish:${claim.publicationId}:${claim.version}:${claim.claimToken}`,
        // Its run begins at this time: thousands of runs that only wait would cost as much as those that send.
        ts: Math.max(Date.parse(claim.dueAt), systemClock.now().getTime()),
        data: { ...claim, unready: undefined },
      })),
    );
    faultPoint('announce claimed: after');
  }
}

/**
 * Asks for the pictures of publications that are due. A second request for one finds the first at it; as long as the first only
 * waits for its turn, there is none.
 */
async function announceMedia(due: readonly MediaDue[]): Promise<void> {
  for (let i = 0; i < due.length; i += EVENTS_AT_ONCE) {
    faultPoint('announce media: before');
    await sendEvents<'publishing/media.requested'>(
      due
        .slice(i, i + EVENTS_AT_ONCE)
        .map(({ workspaceId, publicationId, connectionId, platform, mark }) => ({
          name: 'publishing/media.requested',
          id: `media:${publicationId}:${mark}`,
          data: { workspaceId, publicationId, connectionId, platform },
        })),
    );
    faultPoint('announce media: after');
  }
}

/** One claim for each connection and instant: the run that it wakes sends the whole lane up to then. */
function oneForEachMoment(claims: readonly Claim[]): Claim[] {
  const moments = new Map<string, Claim>();
  for (const claim of claims) {
    const moment = `${claim.connectionId} ${claim.dueAt}`;
    if (!moments.has(moment)) moments.set(moment, claim);
  }
  return [...moments.values()];
}

/** Claims what is due before the next sweep and hands each publication to a run of its own. */
const sweep = inngest.createFunction(
  {
    id: 'publishing-sweep',
    triggers: [{ cron: '* * * * *' }, sweepRequested],
    concurrency: 1,
    retries: 1,
  },
  async ({ event }) => {
    if (alreadySwept(event.data as Asked)) return { claimed: 0, lanes: 0, merged: true };
    const began = performance.now();
    const db = await getDb();
    let claimed = 0;
    for (let i = 0; i < MAX_BATCHES; i++) {
      const claims = await claimDue({ db, clock: systemClock });
      try {
        await announce(oneForEachMoment(claims));
        await announceMedia(
          claims.filter((claim) => claim.unready).map((claim) => ({ ...claim, mark: claim.claimToken })),
        );
      } catch (error) {
        // Rows whose event did get through are started by whoever comes first; the others wait for the next sweep.
        await releaseClaims({ db, clock: systemClock, claims });
        throw error;
      }
      claimed += claims.length;
      if (claims.length < SWEEP_BATCH) break;
    }
    const lanes = await idleLanes({ db, clock: systemClock });
    await announceLanes(lanes);
    swept(began);
    return { claimed, lanes: lanes.length };
  },
);

/**
 * Begins at the second (the event's time), then sends the connection's lane up to now. The rows are the memo: a run that finds the lane taken,
 * or its own publication sent by another run, does nothing.
 */
const publish = inngest.createFunction(
  {
    id: 'publish-publication',
    triggers: [publicationClaimed],
    concurrency: lanes,
    retries: 4,
  },
  async ({ event }) => {
    const { workspaceId, connectionId, dueAt } = event.data;
    const due = new Date(dueAt);
    if (systemClock.now() < due) throw new RetryAfterError('It is not time yet', due);
    const ctx = await systemCtx(workspaceId, 'publisher');
    return publishDue({ ctx, input: { connectionId } });
  },
);

/** Goes on with a line: where a run ended for its length, and where nobody sends though something is due. */
const goOn = inngest.createFunction(
  { id: 'publish-lane', triggers: [laneRequested], concurrency: lanes, retries: 2 },
  async ({ event }) => {
    const { workspaceId, connectionId } = event.data;
    return publishDue({ ctx: await systemCtx(workspaceId, 'publisher'), input: { connectionId } });
  },
);

/** Uploads what is due soon ahead of its time, and gives up what could not be uploaded when its time came. */
const mediaSweep = inngest.createFunction(
  { id: 'publishing-media-sweep', triggers: [{ cron: '* * * * *' }], concurrency: 1, retries: 1 },
  async () => {
    const db = await getDb();
    const ctxOf = (workspaceId: string) => systemCtx(workspaceId, 'publisher');
    const failed = await giveUpOnMedia({ db, clock: systemClock, ctxOf });
    const due = await dueMedia({ db, clock: systemClock });
    await announceMedia(due);
    return { due: due.length, failed };
  },
);

/**
 * Brings one publication's pictures to its platform. A step is a few seconds of requests; between them the run sleeps while the platform
 * works on them. The rows are the memo: a run that is repeated, or ends, leaves where the next one goes on.
 */
const uploads = inngest.createFunction(
  { id: 'publish-media', triggers: [mediaRequested], concurrency: uploadLanes, retries: 2 },
  async ({ event, step }) => {
    const { workspaceId, publicationId } = event.data;
    for (let i = 0; i < MAX_UPLOAD_STEPS; i++) {
      const { waitMs } = await step.run(`upload-${i}`, async () =>
        uploadMedia({ ctx: await systemCtx(workspaceId, 'publisher'), input: { publicationId } }),
      );
      if (waitMs === null || waitMs > LONGEST_SLEEP_MS) return { steps: i + 1 };
      if (waitMs > 0) await step.sleep(`wait-${i}`, Math.max(1_000, waitMs));
    }
    return { steps: MAX_UPLOAD_STEPS };
  },
);

/** Finds what stopped half-way: every minute, and sooner when the embedded runner sees that something did. */
const recover = inngest.createFunction(
  {
    id: 'publishing-recover-stuck',
    triggers: [{ cron: '* * * * *' }, recoveryRequested],
    concurrency: 1,
    retries: 1,
  },
  async () => recoverAll(await getDb()),
);

const lookUp = inngest.createFunction(
  { id: 'look-up-publication', triggers: [publicationUnsettled], concurrency: lanes, retries: 2 },
  async ({ event }) => {
    const { workspaceId, connectionId, publicationId, version, claimToken, attempt } = event.data;
    const ctx = await systemCtx(workspaceId, 'publisher');
    const result = await lookUpPublication({ ctx, input: { publicationId, version, claimToken, attempt } });
    // The lane waited for this one.
    if (result !== 'waiting' && result !== 'skipped') await publishDue({ ctx, input: { connectionId } });
    return { result };
  },
);

/** Acts on approvals that nobody decided in time. */
const deadlines = inngest.createFunction(
  { id: 'approval-deadlines', triggers: [{ cron: '* * * * *' }], concurrency: 1, retries: 1 },
  async () =>
    actOnDeadlines({
      db: await getDb(),
      now: systemClock.now(),
      ctxOf: (workspaceId) => systemCtx(workspaceId, 'deadline'),
    }),
);

/** Tells the members of emergency stops whose own process ended before it could. */
const notifyOfStops = inngest.createFunction(
  { id: 'posting-tell-of-stops', triggers: [{ cron: '* * * * *' }], concurrency: 1, retries: 1 },
  async () => ({
    told: await notifyOfPendingStops({
      db: await getDb(),
      clock: systemClock,
      ctxOf: (workspaceId) => systemCtx(workspaceId, 'emergency-stop'),
    }),
  }),
);

const functions: InngestFunction.Any[] = [
  notifyOfStops,
  sweep,
  publish,
  goOn,
  mediaSweep,
  uploads,
  recover,
  lookUp,
  deadlines,
];
export default functions;
