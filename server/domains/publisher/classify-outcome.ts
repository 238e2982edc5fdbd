import { isConnectorFault } from '@/server/connectors/kit/types';
import { isAppError } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';
import { reconnectAlertKey } from '../connections/alert-keys';
import { failureKey } from '../publications/alert-keys';
import type { Label } from '../publications/label';
import { MAX_UNSEEN_SENDS, rateLimitDelay, retryDelay } from '../publications/policy';
import type { Settlement } from './settle';
import type { Started } from './start-publishing';

/** The end of an attempt, without what identifies it. */
export type Ending = Omit<
  Settlement,
  'workspaceId' | 'publicationId' | 'version' | 'claimToken' | 'attemptId' | 'at' | 'leaseUntil'
>;

/** Classifies the end of an attempt that threw. `sent` indicates whether the request that has the effect had left. Pure. */
export function classifyOutcome(
  error: unknown,
  sent: boolean,
  publicationId: string,
  started: Pick<Started, 'postId' | 'priorTransient' | 'priorUnseen' | 'connectionId' | 'connectionName'> & {
    /** The platform recognizes repeated keys, so this may have been sent while an earlier attempt was unresolved. */
    keyed?: boolean;
  },
  platformName: string,
  label: Label,
  at: Date,
): Ending {
  const href = `/posts/${started.postId}`;
  const fault = isConnectorFault(error) ? error : null;
  const failed = (outcome: Ending['outcome'], problem: Fact, body: Fact): Ending => {
    // `failed` means that the post is certainly not out. While an earlier attempt is unresolved, this one's failure does not prove that.
    if (started.keyed && started.priorUnseen > 0)
      return { outcome: 'unknown_outcome', message: problem, step: 'doubt' };
    return failure(publicationId, label, href, { outcome, problem, body });
  };

  if (!fault) {
    // This is our own problem and not a response of the platform. Once the request has left, its outcome is unknown.
    if (sent)
      return {
        outcome: 'unknown_outcome',
        message: fact('publisher.problems.connectionEnded'),
        step: 'doubt',
      };
    if (isAppError(error) && error.code !== 'unavailable') {
      const problem = error.fact;
      return failed('rejected', problem, fact('publisher.alerts.fix', { problem }));
    }
  }
  switch (fault?.kind) {
    case 'unknown_outcome':
      return { outcome: 'unknown_outcome', message: fault.fact, step: 'doubt' };
    case 'rejected':
      // After an attempt with an unknown outcome, a refusal may mean "I already have it", so it is looked up before it counts as failed.
      if (started.priorUnseen > 0) return { outcome: 'unknown_outcome', message: fault.fact, step: 'doubt' };
      return failed('rejected', fault.fact, fact('publisher.alerts.changeText', { problem: fault.fact }));
    case 'reauth': {
      const account = started.connectionName;
      const ending = failed(
        'reauth',
        fact('publisher.problems.reconnect', { account }),
        fact('publisher.alerts.reconnect.body', { account }),
      );
      if (ending.step !== 'fail') return ending;
      return {
        ...ending,
        alert: {
          // Shares the key of the connection's own alert, so that only one is shown.
          key: reconnectAlertKey(started.connectionId),
          severity: 'serious',
          title: fact('publisher.alerts.reconnect.title', { platform: platformName }),
          body: fact('publisher.alerts.reconnect.body', { account }),
          href: '/connections',
        },
      };
    }
    case 'rate_limited': {
      const retryAt = new Date(at.getTime() + rateLimitDelay(fault.options.retryAfter));
      return {
        outcome: 'rate_limited',
        message: fault.fact,
        step: 'postpone',
        retryAt,
        problem: fault.options.installation
          ? fact('publisher.problems.retried', { problem: fault.fact })
          : fact('publisher.problems.limited', { platform: platformName }),
      };
    }
    default: {
      const message = fault?.fact ?? fact('publisher.problems.ours');
      const wait = retryDelay(started.priorTransient + 1);
      if (wait === null) {
        const problem = fault?.options.installation
          ? fault.fact
          : fact('publisher.problems.unreachable', { platform: platformName });
        return failed('transient', problem, fact('publisher.alerts.tryLater', { problem }));
      }
      return {
        outcome: 'transient',
        message,
        step: 'postpone',
        retryAt: new Date(at.getTime() + wait),
        problem: fact('publisher.problems.retried', { problem: message }),
      };
    }
  }
}

/** The ending of a post that was certainly not published, with an alert that tells users what to do. Pure. */
export const failure = (
  publicationId: string,
  label: Label,
  href: string,
  { outcome, problem, body }: { outcome: Ending['outcome']; problem: Fact; body: Fact },
): Ending & { alert: NonNullable<Ending['alert']> } => ({
  outcome,
  message: problem,
  step: 'fail',
  problem,
  activity: {
    verb: 'publication.failed',
    summary: fact('publisher.activity.failed', { what: label.inside, problem }),
  },
  alert: {
    key: failureKey(publicationId),
    severity: 'serious',
    title: fact('publisher.alerts.failed', { what: label.start }),
    body,
    href,
  },
});

/** The ending after a "not there": send again, or fail if that happened too often. Pure. */
export function afterAbsence(
  publicationId: string,
  unseenSends: number,
  label: Label,
  at: Date,
  href: string,
): Ending {
  if (unseenSends < MAX_UNSEEN_SENDS)
    return {
      outcome: 'absent',
      message: fact('publisher.notes.notThere'),
      step: 'sendAgain',
      retryAt: at,
      activity: {
        verb: 'publication.looked_up',
        summary: fact('publisher.activity.notThere', { what: label.inside }),
      },
    };
  const problem = fact('publisher.problems.brokenOff');
  return failure(publicationId, label, href, {
    outcome: 'absent',
    problem,
    body: fact('publisher.alerts.tryWhenPlatformWorks', { problem }),
  });
}
