import { type HeldLease, leaseEnd, leasesOf } from '@/db/leases';
import type { OptionPost } from '@/server/connectors/kit/options';
import { ConnectorFault, isConnectorFault, type Published } from '@/server/connectors/kit/types';
import type { PlatformTraits } from '@/server/connectors/platform-traits';
import { logBounded } from '@/server/foundation/bounded-log';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { faultPoint } from '@/server/foundation/fault-points';
import type { Ctx } from '@/server/verbs/context';
import { optionTerms, type Platforms } from '@/server/verbs/platforms';
import { actionColumns } from '../actions/kinds';
import { TIME_LIMIT, withTimeLimit } from '../connections/with-time-limit';
import { attachedProblem, contentProblem, optionPost } from '../preflight/check-targets';
import { type Label, labelOf } from '../publications/label';
import { countLane } from '../publications/lanes-underway';
import { PUBLICATION_LEASE } from '../publications/lease';
import { CALL_LIMIT_MS, LANE_BUDGET_MS } from '../publications/policy';
import { isPart } from '../publications/publication-kind';
import { requestSweep } from '../publications/request-sweep';
import { mediaGone } from '../uploads/media-gone';
import { mediaToSend } from '../uploads/media-to-send';
import { advance } from './advance';
import { classifyOutcome, failure } from './classify-outcome';
import { lookUpPublication } from './look-up-publication';
import { optionsToSend } from './options-to-send';
import { takePublishKey } from './publish-key';
import { type Settled, type Settlement, settle } from './settle';
import { type Start, type Started, type StartRequest, startPublishing } from './start-publishing';

export interface LaneReport {
  published: number;
  failed: number;
  /** Given to a person, on a manual platform. */
  handedOver?: number;
  /** When the lane continues after a limit or a temporary failure. */
  until: Date | null;
  /** The outcome of the last send is unknown, and the lane waits until it is settled. */
  unsettled: boolean;
}

/**
 * Sends the due publications of one connection in order, one at a time: each is started, sent once and its end recorded before the next
 * one. If the lane is taken, does nothing, because the run that holds it continues to the end. A crash at any point leaves a row that
 * `recoverStuck` finds.
 */
export async function publishDue({
  ctx,
  input: { connectionId },
}: {
  ctx: Ctx;
  input: { connectionId: string };
}): Promise<LaneReport> {
  return countLane(ctx.db, () => sendLane(ctx, connectionId, ctx.platforms));
}

async function sendLane(ctx: Ctx, connectionId: string, platform: Platforms): Promise<LaneReport> {
  const report: LaneReport = { published: 0, failed: 0, until: null, unsettled: false };
  const { workspaceId } = ctx;
  const began = ctx.clock.now().getTime();
  const inTime = (now: Date) => now.getTime() - began <= LANE_BUDGET_MS;
  let onPlatform = '';
  let next: Start | null = null;
  // A start that was requested together with the previous end and got no response. It may have been executed.
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
    const start: Start = next ?? (await startWithRetry(ctx, asked ?? { workspaceId, connectionId, now }));
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
      const ended = ending.step === 'succeed' || ending.step === 'fail' || ending.step === 'handOver';
      const then = ctx.clock.now();
      request = ended && inTime(then) ? { workspaceId, connectionId, now: then } : null;
      ({ settled, next: following } = await settleWithRetry(ctx, ending, request));
    } finally {
      lease.end();
    }
    faultPoint('settle: after');
    if (ending.step === 'succeed') report.published++;
    else if (ending.step === 'fail') report.failed++;
    else if (ending.step === 'handOver') report.handedOver = (report.handedOver ?? 0) + 1;
    else if (!settled.own) return report;
    else if (ending.step === 'postpone') {
      await requestSweep(ctx, ending.retryAt ?? null);
      return { ...report, until: ending.retryAt ?? null };
    } else {
      // The first look-up resolves most unknown outcomes; the recovery of stuck rows handles the rest.
      const looked = await lookUpPublication({ ctx: { ...ctx, platforms: platform }, input: started });
      if (looked === 'published') report.published++;
      else if (looked === 'failed') report.failed++;
      else if (looked !== 'asked') return { ...report, unsettled: true };
      continue;
    }
    // Nothing was due when the end was recorded; `more` indicates that something is by now.
    if (following) next = following.kind === 'idle' ? null : following;
    else asked = request;
    if (!next && !asked && !settled.more) return report;
  }
}

async function send(ctx: Ctx, started: Started, platform: Platforms, lease: HeldLease): Promise<Settlement> {
  const traits = platform.traits(started.platform, started.limits);
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
  let keyEnds: Date | null = null;
  if (started.kind !== 'post' && !started.followsRemoteId)
    return unattached(base, label, started, ctx.clock.now());
  const assertMaySend = () => {
    // A delayed process must not send under another process's lease, after its own attempt was given up, or under a forgotten key.
    if (over || !lease.sound() || (keyEnds && ctx.clock.now() >= keyEnds))
      throw new ConnectorFault('transient', fact('publisher.problems.heldUp'));
  };
  try {
    assertFits(started, traits);
    const terms = optionTerms(platform, started.platform, started.limits);
    const options = optionsToSend(terms, started.options, traits && postOf(started, traits));
    if (traits?.byHand) return handedOver(base, started, name, label, ctx.clock.now());
    const media = await mediaToSend(ctx, sentFrom(started), traits);
    const taken = await takePublishKey(ctx, started, traits);
    if (!taken) throw new ConnectorFault('unknown_outcome', fact('publisher.problems.keyForgotten'));
    keyEnds = taken.until;
    // The database may have been slow since the lease was taken.
    await lease.refresh();
    const published = await withTimeLimit(CALL_LIMIT_MS, () => {
      assertMaySend();
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
          ...(media.length > 0 ? { media } : {}),
          ...options,
          idempotencyKey: taken.key,
        },
        beforeEffect: () => {
          assertMaySend();
          sent = true;
        },
      });
    });
    faultPoint('publish: answer came');
    return succeeded(base, published, started, label, ctx.clock.now());
  } catch (thrown) {
    over = true;
    const limited = isConnectorFault(thrown) && thrown.options.vendorCode === TIME_LIMIT;
    // From here on the request cannot leave, so if it has not left yet the post is certainly not there.
    const error =
      limited && !sent
        ? new ConnectorFault('transient', fact('publisher.problems.notInTime'))
        : await mediaGone(ctx, started, traits?.media?.way === 'ahead', thrown);
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

const contentOf = ({ text, link, parts, files: media }: Started) => ({ text, link, parts, media });
/** The post that the rules about options concern; null for what is attached to a post. */
const postOf = (started: Started, traits: PlatformTraits): OptionPost | null =>
  started.kind === 'post' ? optionPost(contentOf(started), traits) : null;

/** Throws `invalid` if the platform no longer takes the content, because the limits of the account have changed since it was scheduled. */
function assertFits(started: Started, traits: PlatformTraits | null): void {
  if (!traits || started.kind === 'repost') return;
  const problem =
    started.kind === 'post'
      ? contentProblem(contentOf(started), traits.name, traits)
      : attachedProblem(started, traits.name, traits);
  if (problem) throw new AppError('invalid', problem);
}

const sentFrom = ({ publicationId, media, connection }: Started) => ({
  publicationId,
  uploaded: media,
  environment: connection.environment,
});

/** The fields that every end of an attempt shares. */
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

/** How long a person has to post something before a reminder. */
const BY_HAND_MS = 24 * 3_600_000;

/** Asks a person to post a publication on a manual platform. An account that is not connected any more fails like any other. */
function handedOver(base: Base, started: Started, platform: string, label: Label, at: Date): Settlement {
  const account = started.connectionName;
  if (started.connection.status !== 'active') {
    const problem = fact('connectors.errors.ended', { platform });
    const ended = new ConnectorFault('reauth', problem);
    return {
      ...base,
      at,
      ...classifyOutcome(ended, false, started.publicationId, started, platform, label, at),
    };
  }
  return {
    ...base,
    at,
    outcome: 'handed_over',
    step: 'handOver',
    activity: {
      verb: 'publication.handed_over',
      summary: fact('publisher.activity.handedOver', { what: label.inside, account }),
    },
    action: {
      ...actionColumns('publication_by_hand', { what: label.inside, account, platform }),
      deadlineAt: new Date(at.getTime() + BY_HAND_MS),
    },
  };
}

/** Fails a publication that is attached to a post whose location is unknown. Sent alone, it would be something else. */
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
 * Records the end of an attempt, and retries a database error immediately because the post may be out and would otherwise need a look-up.
 * If starting the next publication is the obstacle, only the end is recorded.
 */
async function settleWithRetry(
  ctx: Ctx,
  settlement: Settlement,
  next: StartRequest | null,
): Promise<{ settled: Settled; next: Start | null }> {
  for (let tries = 1; ; tries++) {
    try {
      // The second attempt finds what the first one did if only its response was lost.
      if (next && tries <= 2) return await advance(ctx.db, { settlement, next });
      return { settled: await settle(ctx.db, settlement), next: null };
    } catch (error) {
      if (tries >= 3) throw error;
      logRetry(error, settlement.publicationId, 'the outcome of a publication could not be stored; retrying');
    }
  }
}

/** Starts a publication, with one retry. The retry finds a start whose response was lost; its lane would otherwise wait for the lease. */
async function startWithRetry(ctx: Ctx, request: StartRequest): Promise<Start> {
  try {
    return await startPublishing(ctx.db, request);
  } catch (error) {
    logRetry(error, request.connectionId, 'a publication could not be started; retrying');
    return startPublishing(ctx.db, request);
  }
}

/** Logs a retry in one line, so that a database that fails often is noticed before it fails for good. */
const logRetry = (error: unknown, about: string, message: string): void =>
  logBounded('warn', { err: error, about }, message);
