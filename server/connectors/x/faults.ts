import { fact } from '@/server/foundation/facts';
import type { Hooks } from '../kit/connector';
import { type FaultRule, meaningsOn, notAccepted, readRules, rejected } from '../kit/refusals';
import { RETRY_ADVISED } from '../kit/vendor-words';
import { xManifest } from './manifest';
import { NOT_FOUND } from './transform';
import { problem } from './wire';

const platform = xManifest.name;
const means = meaningsOn(platform);
/** Our code for X's "You have already retweeted this Tweet". */
export const ALREADY = 'already_reposted';
/** Our code for X's "Segments do not add up to provided total file size". */
export const SEGMENTS = 'segments_missing';
/** Our code for X's error that the upload is already finalized. */
export const FINALIZED = 'finalized_already';
/** How long a request waits after the monthly cap was reached or the credits were used up, and after an account's daily limit, which X checks in parts of a day, in seconds. */
const CAP_S = 86_400;
const DAILY_LIMIT_S = 1_800;

/** X reports the cap of the app's plan with the headers of a window of which much is left. It ends with the month. */
const usedUp = {
  ...means.installation('used_up', fact('platforms.x.errors.usedUp')),
  kind: 'rate_limited',
  retryAfter: CAP_S,
} as const;
/** Connecting an account again does not help. */
const appRefused = means.installation('app_refused', fact('platforms.x.errors.appRefused'));
const suspended = rejected('suspended', fact('platforms.x.errors.suspended'));
const dailyLimit = means.slowDown('daily_limit', DAILY_LIMIT_S);

/** What X's statuses, the types, titles and codes of its problems (`https://api.x.com/2/problems/…`), and its words mean. */
const RULES: readonly FaultRule[] = [
  // The app has used up its plan or its credits, or reached its own limit for spending. X reports that with several statuses.
  { status: 402, means: usedUp },
  {
    status: [403, 429],
    codes: ['usage-capped', 'credits', 'UsageCapExceeded', 'CreditsDepleted', 'SpendCapReached'],
    means: usedUp,
  },
  // "Enhance your calm", X's older status for too many requests.
  { status: 420, means: means.slowDown() },
  { status: 404, codes: [NOT_FOUND], means: means.gone },
  // The app's plan lacks this part of the API, or the app is set up or signs in in another way than X requires.
  {
    status: 403,
    codes: [
      'client-forbidden',
      'client-not-enrolled',
      'official-client-forbidden',
      'unsupported-authentication',
      'oauth1-permissions',
    ],
    means: appRefused,
  },
  // The app may not do this (87), may only read (261), is suspended (416), or needs another access level (453).
  { status: 403, codes: [87, 261, 416, 453], means: appRefused },
  // "You currently have access to a subset of X API V2 endpoints … you may need a different access level", without a type or code.
  { status: 403, words: /\baccess to a subset of\b|\bdifferent access level\b/i, means: appRefused },
  // An account that is suspended (63, 64) or locked (326).
  { status: 403, codes: ['user-suspended', 63, 64, 326], means: suspended },
  { status: 403, words: /\byour account is (?:currently )?suspended\b/i, means: suspended },
  // "User is over daily status update limit" (code 185), "You have reached your daily limit" (344).
  { words: /\bdaily\b.{0,30}\blimit\b|rate limit|too many requests/i, means: dailyLimit },
  // "This request looks like it might be automated … Please try again later" (226).
  { words: RETRY_ADVISED, means: dailyLimit },
  { words: /duplicate/i, means: means.duplicate() },
  {
    words: /already (?:retweeted|reposted)/i,
    means: rejected(ALREADY, fact('platforms.x.errors.alreadyReposted')),
  },
  {
    words: /reply to a (?:tweet|post) that is deleted|not visible to you/i,
    means: rejected('no_parent', fact('platforms.x.errors.noParent')),
  },
  {
    words: /segments?.{0,30}(?:do not add up|missing)|missing segments?/i,
    means: rejected(SEGMENTS, fact('platforms.x.errors.segmentsMissing')),
  },
  {
    words: /already.{0,20}finali[sz]ed|finali[sz]ed already/i,
    means: rejected(FINALIZED, fact('platforms.x.errors.finalizedAlready')),
  },
  { words: /media.?ids?.{0,20}(?:invalid|expired)|invalid media.?ids?/i, means: means.mediaGone },
  {
    words: /too long|\b280\b/i,
    means: rejected('too_long', fact('platforms.x.errors.tooLong', { most: xManifest.post.characters })),
  },
  // The token lacks a permission: "missing the required scope", "insufficient_scope".
  {
    status: 403,
    words:
      /\b(?:insufficient|lacks?|missing|requires?|required|appropriate|not have|not permitted)\b.{0,40}\bscopes?\b|\bscopes?\b.{0,40}\b(?:insufficient|missing|required|not granted)\b|insufficient_scope/i,
    means: means.forbidden(fact('platforms.x.errors.noPermission')),
  },
];
/** Those after which X says why. Any other status says enough, unless a rule names it. */
const EXPLAINED = [400, 403];

export const readFault: NonNullable<Hooks['readFault']> = (status, body, _effect, phrases) => {
  const { type, title, reason, code, errors = [] } = problem.safeParse(body).data ?? {};
  const codes = [type, type?.split('/').at(-1), title, reason, code, ...errors.map((one) => one.code)];
  const rules = EXPLAINED.includes(status) ? RULES : RULES.filter((rule) => rule.status !== undefined);
  const read = readRules(rules, { status, codes, words: phrases.join(' ') });
  if (read !== undefined) return read;
  return EXPLAINED.includes(status) ? notAccepted(platform, phrases, status) : null;
};
