import { fact } from '@/server/foundation/facts';
import type { FaultReading, Hooks } from '../kit/connector';
import { notAccepted, readWords, rejected } from '../kit/refusals';
import { MEDIA_GONE } from '../kit/types';
import { isRetryAdvised } from '../kit/vendor-words';
import { xManifest } from './manifest';
import { NOT_FOUND } from './transform';
import { type Problem, problem } from './wire';

const platform = xManifest.name;
/** Our code for X's "You have already retweeted this Tweet". */
export const ALREADY = 'already_reposted';
/** Our code for X's own report that something does not exist. A bare 404 may come from a proxy. */
export const GONE = 'gone';
/** Our code for X's "Segments do not add up to provided total file size". */
export const SEGMENTS = 'segments_missing';
/** Our code for X's error that the upload is already finalized. */
export const FINALIZED = 'finalized_already';
/** How long a request waits after the monthly cap was reached or the credits were used up, and after an account's daily limit, which X checks in parts of a day, in seconds. */
const CAP_S = 86_400;
const DAILY_LIMIT_S = 1_800;

const codesOf = (said: Problem): number[] =>
  [said.code, ...(said.errors ?? []).map(({ code }) => code)].filter((code) => code !== undefined);
/** Whether the type of a problem (`https://api.x.com/2/problems/…`) or its reason is one of these. */
const isOneOf = (said: Problem, names: readonly string[]): boolean =>
  [said.type?.split('/').at(-1), said.reason].some((name) => name !== undefined && names.includes(name));

/** X's types and titles for an app that has used up its plan or its credits, or reached its own limit for spending. */
const USED_UP_TYPES = ['usage-capped', 'credits'];
const USED_UP_TITLES = ['UsageCapExceeded', 'CreditsDepleted', 'SpendCapReached'];
/** Whether the app, and not one account, may send nothing more for now. X does that with several statuses. */
const isUsedUp = (status: number, said: Problem | undefined): boolean =>
  status === 402 ||
  ((status === 403 || status === 429) &&
    said !== undefined &&
    (isOneOf(said, USED_UP_TYPES) || USED_UP_TITLES.includes(said.title ?? '')));

/** The app's plan lacks this part of the API, or the app is set up or signs in in another way than X requires. */
const APP_REFUSED = [
  'client-forbidden',
  'client-not-enrolled',
  'official-client-forbidden',
  'unsupported-authentication',
  'oauth1-permissions',
];
/** The app may not do this (87), may only read (261), is suspended (416), or needs another access level (453). */
const APP_CODES = [87, 261, 416, 453];
/** "You currently have access to a subset of X API V2 endpoints … you may need a different access level", without a type or code. */
const APP_WORDS = /\baccess to a subset of\b|\bdifferent access level\b/i;
/** Whether X refuses this installation's app. Connecting an account again does not help. */
const isAppRefused = (said: Problem | undefined, words: string): boolean =>
  (said !== undefined &&
    (isOneOf(said, APP_REFUSED) || codesOf(said).some((code) => APP_CODES.includes(code)))) ||
  APP_WORDS.test(words);

/** X's codes for an account that is suspended (63, 64) or locked (326). */
const SUSPENDED_CODES = [63, 64, 326];
const isAccountSuspended = (said: Problem | undefined, words: string): boolean =>
  (said !== undefined &&
    (isOneOf(said, ['user-suspended']) || codesOf(said).some((code) => SUSPENDED_CODES.includes(code)))) ||
  /\byour account is (?:currently )?suspended\b/i.test(words);

/** Says that the token lacks a permission: "missing the required scope", "insufficient_scope". */
const LACKS_SCOPE =
  /\b(?:insufficient|lacks?|missing|requires?|required|appropriate|not have|not permitted)\b.{0,40}\bscopes?\b|\bscopes?\b.{0,40}\b(?:insufficient|missing|required|not granted)\b|insufficient_scope/i;

const DAILY_LIMIT: FaultReading = {
  kind: 'rate_limited',
  vendorCode: 'daily_limit',
  fact: fact('connectors.errors.slowDown', { platform }),
  retryAfter: DAILY_LIMIT_S,
};
/** With status 403: "User is over daily status update limit" (code 185), "You have reached your daily limit" (344). */
const IS_LIMITED = /\bdaily\b.{0,30}\blimit\b|rate limit|too many requests/i;
/** What X's words mean, with status 400 or 403. */
const WORDS: readonly (readonly [RegExp, FaultReading])[] = [
  [/duplicate/i, rejected('duplicate', fact('connectors.errors.duplicate', { platform }))],
  [/already (?:retweeted|reposted)/i, rejected(ALREADY, fact('platforms.x.errors.alreadyReposted'))],
  [
    /reply to a (?:tweet|post) that is deleted|not visible to you/i,
    rejected('no_parent', fact('platforms.x.errors.noParent')),
  ],
  [
    /segments?.{0,30}(?:do not add up|missing)|missing segments?/i,
    rejected(SEGMENTS, fact('platforms.x.errors.segmentsMissing')),
  ],
  [
    /already.{0,20}finali[sz]ed|finali[sz]ed already/i,
    rejected(FINALIZED, fact('platforms.x.errors.finalizedAlready')),
  ],
  [
    /media.?ids?.{0,20}(?:invalid|expired)|invalid media.?ids?/i,
    rejected(MEDIA_GONE, fact('connectors.errors.mediaGone', { platform })),
  ],
  [
    /too long|\b280\b/i,
    rejected('too_long', fact('platforms.x.errors.tooLong', { most: xManifest.post.characters })),
  ],
];

export const readFault: NonNullable<Hooks['readFault']> = (status, body, _effect, phrases) => {
  const said = problem.safeParse(body).data;
  // X reports the cap of the app's plan with the headers of a window of which much is left. It ends with the month.
  if (isUsedUp(status, said))
    return {
      kind: 'rate_limited',
      vendorCode: 'used_up',
      fact: fact('platforms.x.errors.usedUp'),
      retryAfter: CAP_S,
      installation: true,
    };
  // "Enhance your calm", X's older status for too many requests.
  if (status === 420) return { kind: 'rate_limited', fact: fact('connectors.errors.slowDown', { platform }) };
  if (status === 404)
    return said?.type === NOT_FOUND ? rejected(GONE, fact('connectors.errors.notFound', { platform })) : null;
  if (status !== 400 && status !== 403) return null;
  const words = phrases.join(' ');
  if (status === 403 && isAppRefused(said, words))
    return {
      kind: 'transient',
      vendorCode: 'app_refused',
      fact: fact('platforms.x.errors.appRefused'),
      installation: true,
    };
  if (status === 403 && isAccountSuspended(said, words))
    return rejected('suspended', fact('platforms.x.errors.suspended'));
  // "This request looks like it might be automated … Please try again later" (226).
  if (IS_LIMITED.test(words) || isRetryAdvised(phrases)) return DAILY_LIMIT;
  const known = readWords(WORDS, words);
  if (known) return known;
  if (status === 403 && LACKS_SCOPE.test(words))
    return {
      kind: 'reauth',
      vendorCode: 'scope',
      fact: fact('platforms.x.errors.noPermission'),
      forbidden: true,
    };
  return notAccepted(platform, phrases, status);
};
