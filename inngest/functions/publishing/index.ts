import { type InngestFunction, RetryAfterError } from 'inngest';
import { getDb } from '@/db/client';
import { actOnDeadlines } from '@/server/domains/approvals/act-on-deadlines';
import { type Claim, claimDue, releaseClaims } from '@/server/domains/due/claim-due';
import { notifyOfPendingStops } from '@/server/domains/posting-control/notify-members';
import { LANES_AT_ONCE, SWEEP_BATCH } from '@/server/domains/publications/policy';
import { idleLanes } from '@/server/domains/publisher/idle-lanes';
import { lookUpPublication } from '@/server/domains/publisher/look-up-publication';
import { publishDue } from '@/server/domains/publisher/publish-due';
import { remindOfWork } from '@/server/domains/todo/remind-of-work';
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
import { alreadySwept, recordSweep, type SweepRequest } from '../../sweeps';
import { onePlatform } from '../one-platform';
import { announceLanes, recoverAll } from './recovery';

const EVENTS_AT_ONCE = 250;
const MAX_BATCHES = 20;
/** Limits the calls that a slow or unavailable platform keeps busy, and leaves the others their share. */
const lanes = onePlatform(LANES_AT_ONCE);
/** Uploads take memory and bandwidth, so fewer of them run at once than posts. */
const uploadLanes = onePlatform(UPLOADS_AT_ONCE);
/** Maximum number of steps in one run, sleeps not counted. With its sleeps a run stays well below the limit. The next run does the rest. */
const MAX_UPLOAD_STEPS = 200;

/** Sends one event per claim, with an id that makes a second send of the same claim harmless. */
async function announce(claims: readonly Claim[]): Promise<void> {
  for (let i = 0; i < claims.length; i += EVENTS_AT_ONCE) {
    faultPoint('announce claimed: before');
    await sendEvents<'publishing/publication.claimed'>(
      claims.slice(i, i + EVENTS_AT_ONCE).map((claim) => ({
        name: 'publishing/publication.claimed',
        id: `publish:${claim.publicationId}:${claim.version}:${claim.claimToken}`,
        // The run begins at this time, because thousands of waiting runs would cost as much as those that send.
        ts: Math.max(Date.parse(claim.dueAt), systemClock.now().getTime()),
        data: { ...claim, unready: undefined },
      })),
    );
    faultPoint('announce claimed: after');
  }
}

/**
 * Requests the uploads of due publications. A second request for a publication finds the first one at work; while the first is still
 * queued, the second has the same id and is dropped.
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

/** Keeps one claim per connection and instant: the run that it starts sends the whole lane up to that time. */
function onePerLaneAndTime(claims: readonly Claim[]): Claim[] {
  const moments = new Map<string, Claim>();
  for (const claim of claims) {
    const moment = `${claim.connectionId} ${claim.dueAt}`;
    if (!moments.has(moment)) moments.set(moment, claim);
  }
  return [...moments.values()];
}

/** Claims the publications due before the next sweep and starts a run for each connection and due time. */
const sweep = inngest.createFunction(
  {
    id: 'publishing-sweep',
    triggers: [{ cron: '* * * * *' }, sweepRequested],
    concurrency: 1,
    retries: 1,
  },
  async ({ event }) => {
    if (alreadySwept(event.data as SweepRequest)) return { claimed: 0, lanes: 0, merged: true };
    const began = performance.now();
    const db = await getDb();
    let claimed = 0;
    for (let i = 0; i < MAX_BATCHES; i++) {
      const claims = await claimDue({ db, clock: systemClock });
      try {
        await announce(onePerLaneAndTime(claims));
        await announceMedia(
          claims.filter((claim) => claim.unready).map((claim) => ({ ...claim, mark: claim.claimToken })),
        );
      } catch (error) {
        // Publications whose event did get through are started by the first run that reaches them. The others wait for the next sweep.
        await releaseClaims({ db, clock: systemClock, claims });
        throw error;
      }
      claimed += claims.length;
      if (claims.length < SWEEP_BATCH) break;
    }
    const lanes = await idleLanes({ db, clock: systemClock });
    await announceLanes(lanes);
    recordSweep(began);
    return { claimed, lanes: lanes.length };
  },
);

/**
 * Begins at the due time (the event's time), then sends the connection's lane up to now. The rows serve as the memo: a run that finds the
 * lane taken, or its own publication already sent by another run, does nothing.
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
    if (systemClock.now() < due) throw new RetryAfterError('The publication is not due yet', due);
    const ctx = await systemCtx(workspaceId, 'publisher');
    return publishDue({ ctx, input: { connectionId } });
  },
);

/** Continues a connection's lane after a run used up its time, or when a publication is due and no run is sending. */
const goOn = inngest.createFunction(
  { id: 'publish-lane', triggers: [laneRequested], concurrency: lanes, retries: 2 },
  async ({ event }) => {
    const { workspaceId, connectionId } = event.data;
    return publishDue({ ctx: await systemCtx(workspaceId, 'publisher'), input: { connectionId } });
  },
);

/** Uploads media ahead of the due time, and gives up on posts whose media could not be uploaded in time. */
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
 * Uploads the media of one publication to its platform. A step makes requests for a few seconds; between steps the run sleeps while the
 * platform processes them. The rows serve as the memo, so the next run continues where a repeated or interrupted run stopped.
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

/** Recovers interrupted work: every minute, and sooner when the embedded runner detects some. */
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
    // The lane was waiting for this publication.
    if (result !== 'waiting' && result !== 'skipped') await publishDue({ ctx, input: { connectionId } });
    return { result };
  },
);

/** Acts on approvals whose deadline passed without a decision. */
const deadlines = inngest.createFunction(
  { id: 'approval-deadlines', triggers: [{ cron: '* * * * *' }], concurrency: 1, retries: 1 },
  async () =>
    actOnDeadlines({
      db: await getDb(),
      now: systemClock.now(),
      ctxOf: (workspaceId) => systemCtx(workspaceId, 'deadline'),
    }),
);

/** Reminds of posts that people were asked to make by hand. */
const reminders = inngest.createFunction(
  { id: 'by-hand-reminders', triggers: [{ cron: '*/10 * * * *' }], concurrency: 1, retries: 1 },
  async () =>
    remindOfWork({
      db: await getDb(),
      now: systemClock.now(),
      ctxOf: (workspaceId) => systemCtx(workspaceId, 'deadline'),
    }),
);

/** Notifies the members of emergency stops whose own process ended before it could. */
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
  reminders,
];
export default functions;
