import { isConnectorFault, type LookupOutput } from '@/server/connectors/kit/types';
import type { PlatformTraits } from '@/server/connectors/platform-traits';
import { type Fact, fact } from '@/server/foundation/facts';
import type { Label } from '../publications/label';
import { ABSENCE_GRACE_MS, lookupDelay, rateLimitDelay, usableKeyMs } from '../publications/policy';
import { uncertainOutcome } from '../publications/uncertain-outcome';
import { afterAbsence, type Ending } from './classify-outcome';

export type LookUpResult = 'skipped' | 'published' | 'sent_again' | 'waiting' | 'asked' | 'failed';

/** How a look-up ended: with the platform's answer, with an error, or without a request, because sending again is harmless. */
export type LookUpAnswer = LookupOutput | { found: 'fault'; error: unknown } | { found: 'repeat' };

/** What was known about a publication when its look-up began. Times in milliseconds since 1970. */
export interface LookUpHistory {
  publicationId: string;
  postId: string;
  account: string;
  /** Number of parts still to be sent after it. */
  following: number;
  /** When the oldest attempt with an unknown outcome began. */
  since: number;
  /** Latest time at which any attempt can have sent a request. */
  lastLeft: number;
  /** Number of sends whose outcome the platform left open, at least 1. */
  unseen: number;
  /** Number of inconclusive look-ups since the last send. */
  unclear: number;
}

/** Delay before the next look-up when the post that was found may be another publication's. */
const OTHER_POST_MS = 5_000;

interface Classified {
  result: Exclude<LookUpResult, 'skipped'>;
  ending: Ending & { leaseUntil?: Date };
}

/**
 * Decides what a look-up means for its publication. `takenByOther` says whether the post that was found belongs, or may belong, to another
 * publication of the account. Pure.
 */
export function classifyLookUp(
  history: LookUpHistory,
  answer: LookUpAnswer,
  takenByOther: boolean,
  traits: Pick<PlatformTraits, 'looksUp' | 'keyMs'> | null,
  label: Label,
  now: Date,
): Classified {
  const looksUp = traits?.looksUp ?? false;
  const inMs = (delay: number) => new Date(now.getTime() + delay);
  const wait = (delay: number, outcome: Ending['outcome'], message: Fact): Classified => ({
    result: 'waiting',
    ending: { step: 'doubt', outcome, message, leaseUntil: inMs(delay) },
  });
  const ask = (outcome: Ending['outcome'], message: Fact): Classified => ({
    result: 'asked',
    ending: {
      step: 'askPerson',
      outcome,
      message,
      ...uncertainOutcome(label.inside, history.account, history.following),
    },
  });
  const sendAgain = (delay: number, message: Fact): Classified => ({
    result: 'sent_again',
    ending: { step: 'sendAgain', outcome: 'unknown_outcome', message, retryAt: inMs(delay) },
  });
  /** Looks it up again later, at least `least` milliseconds from now, or asks a user after too many inconclusive look-ups. */
  const inconclusive = (outcome: Ending['outcome'], message: Fact, least = 0): Classified => {
    const delay = looksUp ? lookupDelay(history.unclear + 1) : null;
    return delay === null ? ask(outcome, message) : wait(Math.max(delay, least), outcome, message);
  };
  const resend = lookupDelay(history.unseen);

  switch (answer.found) {
    case 'repeat':
      return resend === null
        ? ask('unknown_outcome', fact('publisher.notes.lostEveryTime'))
        : sendAgain(resend, fact('publisher.notes.repeated'));
    case 'yes':
      if (takenByOther) return wait(OTHER_POST_MS, 'unknown_outcome', fact('publisher.notes.equalPost'));
      return {
        result: 'published',
        ending: {
          step: 'succeed',
          outcome: 'published',
          remoteId: answer.post.remoteId,
          permalink: answer.post.permalink,
          activity: {
            verb: 'publication.published',
            summary: fact('publisher.activity.foundThere', { what: label.inside, account: history.account }),
          },
        },
      };
    case 'absent': {
      const grace = history.lastLeft + ABSENCE_GRACE_MS - now.getTime();
      if (grace > 0) return wait(grace, 'absent', fact('publisher.notes.notThereYet'));
      const ending = afterAbsence(
        history.publicationId,
        history.unseen,
        label,
        now,
        `/posts/${history.postId}`,
      );
      return { result: ending.step === 'fail' ? 'failed' : 'sent_again', ending };
    }
    case 'unclear': {
      // If the platform recognizes a repetition by its key, sending again is as safe as a look-up, and tells more.
      if (resend !== null && now.getTime() - history.since + resend < usableKeyMs(traits?.keyMs))
        return sendAgain(resend, fact('publisher.notes.sameKey'));
      return inconclusive('unknown_outcome', answer.why);
    }
    case 'fault': {
      const fault = isConnectorFault(answer.error) ? answer.error : null;
      return inconclusive(
        fault && fault.kind !== 'rejected' ? fault.kind : 'transient',
        fault?.fact ?? fact('publisher.notes.couldNotAsk'),
        fault?.kind === 'rate_limited' ? rateLimitDelay(fault.options.retryAfter) : 0,
      );
    }
  }
}
