import { type HeldLease, leaseEnd, leasesOf } from '@/db/leases';
import { ConnectorFault, isConnectorFault, type Published } from '@/server/connectors/kit/types';
import { logBounded } from '@/server/foundation/bounded-log';
import { fact } from '@/server/foundation/facts';
import { faultPoint } from '@/server/foundation/fault-points';
import type { Ctx } from '@/server/verbs/context';
import type { Platforms } from '@/server/verbs/platforms';
import { TIME_LIMIT, withTimeLimit } from '../connections/with-time-limit';
import { type Label, labelOf } from '../publications/label';
import { countLane } from '../publications/lanes-underway';
import { PUBLICATION_LEASE } from '../publications/lease';
import { CALL_LIMIT_MS, LANE_BUDGET_MS, SWEEP_AHEAD_MS } from '../publications/policy';
import { isPart } from '../publications/publication-kind';
import { mediaGone } from '../uploads/media-gone';
import { advance } from './advance';
import { classifyOutcome, failure } from './classify-outcome';
import { lookUpPublication } from './look-up-publication';
import { takePublishKey } from './publish-key';
import { type Settled, type Settlement, settle } from './settle';
import { type Start, type Started, type StartRequest, startPublishing } from './start-publishing';

export interface LaneReport {
  published: number;
  failed: number;
  /** Put off by a limit or temporary trouble: the lane waits until then. */
  until: Date | null;
  /** Nobody knows yet how the last one ended; the lane waits until it is settled. */
  unsettled: boolean;
}

/**
 * The publisher's hands: sends what is due on one connection, in order, one at a time. Each is started, sent once and its
 * end written; then comes the next. Whoever finds the lane taken does nothing: the one who sends goes on to the end. A
 * crash at any point leaves a row that `recoverStuck` finds.
 */
export async function publishDue({
  ctx,
  input: { connectionId },
}: {
  ctx: Ctx;
  input: { connectionId: string };
}): Promise<LaneReport> {
  return countLane(ctx.db, () => sendLine(ctx, connectionId, ctx.platforms));
}

async function sendLine(ctx: Ctx, connectionId: string, platform: Platforms): Promise<LaneReport> {
  const report: LaneReport = { published: 0, failed: 0, until: null, unsettled: false };
  const { workspaceId } = ctx;
  const began = ctx.clock.now().getTime();
  const inTime = (now: Date) => now.getTime() - began <= LANE_BUDGET_MS;
  let onPlatform = '';
  let next: Start | null = null;
  // Asked for beside the end of the one before it, without an answer: it may have been started.
  let asked: StartRequest | null = null;
  for (;;) {
    const now = ctx.clock.now();
    if (!next && !asked && !inTime(now)) {
      await ctx.events.publish('publishing/lane.requested', {
        workspaceId,
        connectionId,
        platform: onPlatform,
      });
      return report;
    }
    const start: Start = next ?? (await startSurely(ctx, asked ?? { workspaceId, connectionId, now }));
    next = null;
    asked = null;
    if (start.kind === 'idle') return report;
    if (start.kind === 'full') {
      await requestSweep(ctx, start.until);
      return { ...report, until: start.until };
    }
    const { started } = start;
    onPlatform = started.platform;
    const lease = leasesOf(ctx.db).hold(PUBLICATION_LEASE, {
      id: started.publicationId,
      token: started.claimToken,
      until: started.leaseUntil,
      clock: ctx.clock,
    });
    let ending: Settlement;
    let request: StartRequest | null;
    let settled: Settled;
    let following: Start | null;
    try {
      ending = await send(ctx, started, platform, lease);
      const ended = ending.step === 'succeed' || ending.step === 'fail';
      const then = ctx.clock.now();
      request = ended && inTime(then) ? { workspaceId, connectionId, now: then } : null;
      ({ settled, next: following } = await settleSurely(ctx, ending, request));
    } finally {
      lease.end();
    }
    faultPoint('settle: after');
    if (ending.step === 'succeed') report.published++;
    else if (ending.step === 'fail') report.failed++;
    else if (!settled.own) return report;
    else if (ending.step === 'postpone') {
      await requestSweep(ctx, ending.retryAt ?? null);
      return { ...report, until: ending.retryAt ?? null };
    } else {
      // Most doubts end at the first look; the rest are followed by the recovery of stuck rows.
      const looked = await lookUpPublication({ ctx: { ...ctx, platforms: platform }, input: started });
      if (looked === 'published') report.published++;
      else if (looked === 'failed') report.failed++;
      else if (looked !== 'asked') return { ...report, unsettled: true };
      continue;
    }
    // Nothing was due when this was written; `more` says that something is by now.
    if (following) next = following.kind === 'idle' ? null : following;
    else asked = request;
    if (!next && !asked && !settled.more) return report;
  }
}

/** Asks for a sweep when the lane goes on before the next one would see it. */
async function requestSweep(ctx: Ctx, at: Date | null): Promise<void> {
  if (at && at.getTime() - ctx.clock.now().getTime() < SWEEP_AHEAD_MS)
    await ctx.events.publish('publishing/sweep.requested', {}).catch(() => {});
}

async function send(ctx: Ctx, started: Started, platform: Platforms, lease: HeldLease): Promise<Settlement> {
  const traits = platform.traits(started.platform);
  const name = traits?.name ?? started.platform;
  const label = labelOf(
    started.kind,
    started.title,
    name,
    isPart(started.publicationId) ? traits?.follow : null,
  );
  const base = {
    workspaceId: ctx.workspaceId,
    publicationId: started.publicationId,
    version: started.version,
    claimToken: started.claimToken,
    attemptId: started.attemptId,
    ifStopped: { label, account: started.connectionName },
  };
  let sent = false;
  let over = false;
  if (started.kind !== 'post' && !started.followsRemoteId)
    return unattached(base, label, started, ctx.clock.now());
  const mayLeave = () => {
    // Whoever was held up must not send under somebody else's lease, nor after it was given up here.
    if (over || !lease.sound()) throw new ConnectorFault('transient', fact('publisher.problems.heldUp'));
  };
  try {
    const key = await takePublishKey(ctx, started, traits);
    if (key === null) throw new ConnectorFault('unknown_outcome', fact('publisher.problems.keyForgotten'));
    // The database may have been slow since it was taken.
    await lease.refresh();
    const published = await withTimeLimit(CALL_LIMIT_MS, () => {
      mayLeave();
      faultPoint('publish: before the call');
      return platform.call({
        capability: 'publish',
        ctx,
        connectionId: started.connectionId,
        row: started.connection,
        input: {
          text: started.text,
          ...(started.link ? { link: started.link } : {}),
          ...(started.kind === 'reply' && started.followsRemoteId
            ? { replyTo: started.followsRemoteId }
            : {}),
          ...(started.kind === 'repost' && started.followsRemoteId
            ? { repostOf: started.followsRemoteId }
            : {}),
          ...(started.media.length > 0 ? { media: started.media } : {}),
          idempotencyKey: key,
        },
        onRequestSent: () => {
          mayLeave();
          sent = true;
        },
      });
    });
    faultPoint('publish: answer came');
    return succeeded(base, published, started, label, ctx.clock.now());
  } catch (thrown) {
    over = true;
    const limited = isConnectorFault(thrown) && thrown.options.vendorCode === TIME_LIMIT;
    // From here on it cannot leave any more: what had not left by now is surely not there.
    const error =
      limited && !sent
        ? new ConnectorFault('transient', fact('publisher.problems.notInTime'))
        : await mediaGone(ctx, started, thrown);
    const at = ctx.clock.now();
    return {
      ...base,
      at,
      leaseUntil: leaseEnd(at),
      ...classifyOutcome(
        error,
        sent,
        started.publicationId,
        { ...started, keyed: traits?.keyMs != null },
        name,
        label,
        at,
      ),
    };
  }
}

/** What every end of this attempt says of it. */
type Base = Pick<Settlement, 'workspaceId' | 'publicationId' | 'version' | 'claimToken' | 'attemptId'>;

function succeeded(base: Base, published: Published, started: Started, label: Label, at: Date): Settlement {
  return {
    ...base,
    at,
    outcome: 'published',
    step: 'succeed',
    remoteId: published.remoteId,
    permalink: published.permalink,
    activity: {
      verb: 'publication.published',
      summary: fact('publisher.activity.published', { what: label.inside, account: started.connectionName }),
    },
  };
}

/** It hangs on a post of which nobody knows where it is: sent by itself it would be something else. */
function unattached(base: Base, label: Label, started: Started, at: Date): Settlement {
  const problem = fact('publisher.problems.unattached');
  return {
    ...base,
    at,
    ...failure(started.publicationId, label, `/posts/${started.postId}`, {
      outcome: 'rejected',
      problem,
      body: fact('publisher.alerts.postByHand', { problem }),
    }),
  };
}

/**
 * The effect is out: a hiccup of the database is met at once, so that it does not turn into a look-up. Where what comes next
 * is in the way, the end alone is written.
 */
async function settleSurely(
  ctx: Ctx,
  settlement: Settlement,
  next: StartRequest | null,
): Promise<{ settled: Settled; next: Start | null }> {
  for (let tries = 1; ; tries++) {
    try {
      // The second time finds what the first one did, when only its answer was lost.
      if (next && tries <= 2) return await advance(ctx.db, { settlement, next });
      return { settled: await settle(ctx.db, settlement), next: null };
    } catch (error) {
      if (tries >= 3) throw error;
      hiccup(
        error,
        settlement.publicationId,
        'the end of a publication could not be written; it is tried again',
      );
    }
  }
}

/** What was started and whose answer was lost is found by asking again; otherwise its lane would wait for the lease. */
async function startSurely(ctx: Ctx, request: StartRequest): Promise<Start> {
  try {
    return await startPublishing(ctx.db, request);
  } catch (error) {
    hiccup(error, request.connectionId, 'a publication could not be started; it is tried again');
    return startPublishing(ctx.db, request);
  }
}

/** What is tried again leaves one line: a database that fails often is seen before it fails for good. */
const hiccup = (error: unknown, about: string, message: string): void =>
  logBounded('warn', { err: error, about }, message);
