import { isConnectorFault } from '@/server/connectors/kit/types';
import { isAppError } from '@/server/foundation/errors';
import { plain } from '@/server/foundation/facts';
import { reconnectAlertKey } from '../connections/alert-keys';
import { failureKey } from '../publications/alert-keys';
import { sentence } from '../publications/label';
import { MAX_UNSEEN_SENDS, rateLimitDelay, retryDelay } from '../publications/policy';
import type { Settlement } from './settle';
import type { Started } from './start-publishing';

type Ending = Omit<
  Settlement,
  'workspaceId' | 'publicationId' | 'version' | 'claimToken' | 'attemptId' | 'at' | 'leaseUntil'
>;

/** How a try that threw ends. `sent` tells whether the request that has the effect had left. Pure. */
export function judge(
  error: unknown,
  sent: boolean,
  publicationId: string,
  started: Pick<Started, 'postId' | 'priorTransient' | 'priorUnseen' | 'connectionId' | 'connectionName'> & {
    /** The platform knows a repetition by its key, so this may have been sent while an earlier try was in doubt. */
    keyed?: boolean;
  },
  platformName: string,
  label: string,
  at: Date,
): Ending {
  const href = `/posts/${started.postId}`;
  const fault = isConnectorFault(error) ? error : null;
  const failed = (outcome: Ending['outcome'], problem: string, next: string): Ending => {
    // `failed` means that it is surely not out: with an earlier try in doubt, this one's end does not tell.
    if (started.keyed && started.priorUnseen > 0)
      return { outcome: 'unknown_outcome', message: plain(problem), step: 'doubt' };
    return failure(publicationId, label, href, { outcome, problem, next });
  };

  if (!fault) {
    // Not the platform's answer but our own trouble. After the request left nobody knows what came of it.
    if (sent)
      return {
        outcome: 'unknown_outcome',
        message: plain('The connection ended before an answer came.'),
        step: 'doubt',
      };
    if (isAppError(error) && error.code !== 'unavailable')
      return failed('rejected', error.message, 'Fix it and try again from the post.');
  }
  switch (fault?.kind) {
    case 'unknown_outcome':
      return { outcome: 'unknown_outcome', message: fault.told, step: 'doubt' };
    case 'rejected':
      // After a try whose end nobody saw, a refusal may mean "I have it already": look before calling it failed.
      if (started.priorUnseen > 0) return { outcome: 'unknown_outcome', message: fault.told, step: 'doubt' };
      return failed(
        'rejected',
        fault.message,
        'Change the text and schedule it again, or try again from the post.',
      );
    case 'reauth': {
      const ending = failed(
        'reauth',
        `The connection to ${started.connectionName} needs you to sign in again.`,
        '',
      );
      if (ending.step !== 'fail') return ending;
      return {
        ...ending,
        alert: {
          // The connection's own alert says the same: one is enough.
          key: reconnectAlertKey(started.connectionId),
          severity: 'serious',
          title: plain(`Posts to ${platformName} are not going out`),
          body: plain(
            `The connection to ${started.connectionName} needs you to sign in again. Reconnect it, then try the failed posts again.`,
          ),
          href: '/connections',
        },
      };
    }
    case 'rate_limited': {
      const retryAt = new Date(at.getTime() + rateLimitDelay(fault.options.retryAfter));
      return {
        outcome: 'rate_limited',
        message: fault.told,
        step: 'postpone',
        retryAt,
        problem: plain(`${platformName} asked us to wait. The next try follows by itself.`),
      };
    }
    default: {
      const message = fault?.message ?? 'Something went wrong on our side before the post left.';
      const wait = retryDelay(started.priorTransient + 1);
      if (wait === null)
        return failed(
          'transient',
          `${platformName} could not be reached after several tries.`,
          'Try again from the post when it works again.',
        );
      return {
        outcome: 'transient',
        message: plain(message),
        step: 'postpone',
        retryAt: new Date(at.getTime() + wait),
        problem: plain(`${message} The next try follows by itself.`),
      };
    }
  }
}

/** It surely did not go out, and people are told what to do. Pure. */
export const failure = (
  publicationId: string,
  label: string,
  href: string,
  { outcome, problem, next }: { outcome: Ending['outcome']; problem: string; next: string },
): Ending & { alert: NonNullable<Ending['alert']> } => ({
  outcome,
  message: plain(problem),
  step: 'fail',
  problem: plain(problem),
  activity: { verb: 'publication.failed', summary: plain(`Could not publish ${label}: ${problem}`) },
  alert: {
    key: failureKey(publicationId),
    severity: 'serious',
    title: plain(sentence(`${label} did not go out`)),
    body: plain(`${problem} ${next}`),
    href,
  },
});

/** After an "it is not there": send again, or stop when that happened too often. Pure. */
export function afterAbsence(
  publicationId: string,
  unseenSends: number,
  label: string,
  at: Date,
  href: string,
): Ending {
  if (unseenSends < MAX_UNSEEN_SENDS)
    return {
      outcome: 'absent',
      message: plain('It is not there.'),
      step: 'sendAgain',
      retryAt: at,
      activity: {
        verb: 'publication.looked_up',
        summary: plain(`Looked for ${label}: it is not there, so it is sent again`),
      },
    };
  const problem = 'The platform broke off every try, and the post is not there.';
  return failure(publicationId, label, href, {
    outcome: 'absent',
    problem,
    next: 'Try again from the post when the platform works again.',
  });
}
