import { fact } from '@/server/foundation/facts';
import type { FaultReading, Hooks } from '../kit/connector';
import { meaningsOn, notAccepted, readWords, rejected } from '../kit/refusals';
import { mastodonManifest } from './manifest';
import { problem } from './wire';

const platform = mastodonManifest.name;
const means = meaningsOn(platform);
/** Our code for a file that Mastodon cannot process. */
export const UNREADABLE = 'unreadable';

/** Mastodon has no codes but only words, in the language of the server's default where it has translated them. */
const MEANINGS: readonly (readonly [RegExp, FaultReading])[] = [
  [/character limit of/i, rejected('too_long', fact('platforms.mastodon.errors.tooLong'))],
  [/not finished processing/i, means.refusedNow('processing')],
  [/media .*not found|already attached/i, means.mediaGone],
  [/trying to reply to/i, rejected('no_parent', fact('platforms.mastodon.errors.noParent'))],
];
/** "Your login is currently disabled", "… pending approval", "… missing a confirmed e-mail address". */
const ACCOUNT_HELD = /\byour login is\b/i;
const OUT_OF_SCOPE = /\bauthorized scopes\b/i;
const NOT_PROCESSED = /\berror processing\b/i;

export const readFault: NonNullable<Hooks['readFault']> = (status, body, _effect, phrases) => {
  if (!problem.safeParse(body).success) return null;
  const words = phrases.join(' ');
  if (status === 401) return means.ended();
  if (status === 403 && OUT_OF_SCOPE.test(words))
    return means.forbidden(fact('platforms.mastodon.errors.noPermission'));
  if (status === 403 && ACCOUNT_HELD.test(words))
    return rejected('account_held', fact('platforms.mastodon.errors.accountHeld'));
  // Mastodon reports a file that it cannot process with status 500 when it is sent, and 422 later.
  if ((status === 500 || status === 422) && NOT_PROCESSED.test(words))
    return rejected(UNREADABLE, fact('platforms.mastodon.problems.picture'));
  if (status !== 403 && status !== 404 && status !== 422) return null;
  const known = readWords(MEANINGS, words);
  if (known) return known;
  if (status === 404) return means.gone;
  return notAccepted(platform, phrases, status);
};
