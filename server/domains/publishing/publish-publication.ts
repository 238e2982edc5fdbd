import { ConnectorFault, type Published } from '@/server/connectors/kit/types';
import { faultPoint } from '@/server/foundation/fault-points';
import type { Ctx } from '../context';
import type { Claim } from './claim-due';
import { connectorPlatform } from './connector-platform';
import { lookUpPublication } from './look-up-publication';
import type { PlatformPort } from './platform-port';
import { CALL_LIMIT_MS, PUBLISH_LEASE_MS, SWEEP_AHEAD_MS } from './policy';
import { type Settlement, settle } from './settle';
import { type Started, startPublishing } from './start-publishing';
import { judge } from './verdict';
import { withTimeLimit } from './with-time-limit';

export type PublishOutcome = 'skipped' | 'published' | 'postponed' | 'failed' | 'unsettled';

/**
 * The publisher's hands: starts a claimed publication, sends it once and writes how it ended. Running it twice with one
 * claim sends once: the second finds the claim used up. A crash at any point leaves a row that `recoverStuck` finds.
 */
export async function publishPublication({
  ctx,
  input,
  platform = connectorPlatform,
}: {
  ctx: Ctx;
  input: Pick<Claim, 'publicationId' | 'version' | 'claimToken'>;
  platform?: PlatformPort;
}): Promise<{ outcome: PublishOutcome; retryAt?: Date | null }> {
  const started = await startPublishing(ctx.db, {
    ...input,
    workspaceId: ctx.workspaceId,
    now: ctx.clock.now(),
  });
  if (!started) return { outcome: 'skipped' };

  const ending = await send(ctx, input, started, platform);
  const own = await settleSurely(ctx, ending);
  faultPoint('settle: after');
  if (ending.step === 'succeed') return { outcome: 'published' };
  if (!own) return { outcome: 'skipped' };
  if (ending.step === 'doubt') {
    // Most doubts end at the first look; the rest are followed by the recovery of stuck rows.
    const looked = await lookUpPublication({ ctx, input, platform });
    return { outcome: looked === 'published' ? 'published' : 'unsettled' };
  }
  if (ending.step === 'postpone') {
    const retryAt = ending.retryAt ?? null;
    if (retryAt && retryAt.getTime() - ctx.clock.now().getTime() < SWEEP_AHEAD_MS)
      await ctx.signals.send('publishing/sweep.requested', {}).catch(() => {});
    return { outcome: 'postponed', retryAt };
  }
  return { outcome: 'failed' };
}

async function send(
  ctx: Ctx,
  input: Pick<Claim, 'publicationId' | 'version' | 'claimToken'>,
  started: Started,
  platform: PlatformPort,
): Promise<Settlement> {
  const name = platform.traits(started.platform)?.name ?? started.platform;
  const base = {
    ...input,
    workspaceId: ctx.workspaceId,
    attemptId: started.attemptId,
  };
  let sent = false;
  try {
    const published = await withTimeLimit(CALL_LIMIT_MS, () => {
      // A process that slept since it took the lease must not send under somebody else's.
      if (ctx.clock.now().getTime() + CALL_LIMIT_MS > started.leaseUntil.getTime())
        throw new ConnectorFault('transient', 'This process was held up before it could send.');
      faultPoint('publish: before the call');
      return platform.publish({
        ctx,
        connectionId: started.connectionId,
        input: {
          text: started.text,
          ...(started.link ? { link: started.link } : {}),
          idempotencyKey: `${input.publicationId}:${input.version}`,
        },
        onRequestSent: () => {
          sent = true;
        },
      });
    });
    faultPoint('publish: answer came');
    return succeeded(base, published, started, name, ctx.clock.now());
  } catch (error) {
    const at = ctx.clock.now();
    return {
      ...base,
      at,
      leaseUntil: new Date(at.getTime() + PUBLISH_LEASE_MS),
      ...judge(error, sent, input.publicationId, started, name, at),
    };
  }
}

function succeeded(
  base: Pick<Settlement, 'workspaceId' | 'publicationId' | 'version' | 'claimToken' | 'attemptId'>,
  published: Published,
  started: Started,
  platformName: string,
  at: Date,
): Settlement {
  return {
    ...base,
    at,
    outcome: 'published',
    step: 'succeed',
    remoteId: published.remoteId,
    permalink: published.permalink,
    activity: {
      verb: 'publication.published',
      summary: `Published “${started.title}” on ${platformName} (${started.connectionName})`,
    },
  };
}

/** The effect is out: a hiccup of the database is met at once, so that it does not turn into a look-up. */
async function settleSurely(ctx: Ctx, ending: Settlement): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    try {
      return await settle(ctx.db, ending);
    } catch (error) {
      if (tries >= 3) throw error;
    }
  }
}
