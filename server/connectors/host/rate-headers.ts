import {
  countedLimit,
  countOf,
  type Headers,
  inSeconds,
  isPlausible,
  type ReportedLimit,
  resetOf,
  retryAfter,
} from '../kit/limits';

const DAY_S = 86_400;
const SHORTEST_S = 1;
/** Assumed if a platform refuses a request and does not say for how long. */
const UNKNOWN_S = 60;

/** Reads limits that a platform reports in its own way (`Hooks.readLimits`). */
type ReadOwn = ((headers: Headers, now: Date) => ReportedLimit[]) | undefined;

/**
 * Returns the limits of `RateLimit` (draft-ietf-httpapi-ratelimit-headers): `"minute";r=0;t=30, "day";r=9;t=3600`, or `limit=10,
 * remaining=0, reset=30` up to its seventh version. The times are seconds from now.
 */
function draftLimits(header: string | undefined, now: Date): ReportedLimit[] {
  if (!header) return [];
  // Names may contain what separates the parameters.
  const plain = header.replace(/"(?:\\.|[^"\\])*"/g, 'name');
  const limit = (text: string, left: string, end: string): ReportedLimit[] => {
    const parameter = (name: string) =>
      new RegExp(`(?:^|[;,])\\s*${name}\\s*=\\s*([^;,\\s]+)`, 'i').exec(text)?.[1];
    const [remaining, resetsAt] = [countOf(parameter(left)), resetOf(parameter(end), now)];
    return remaining === null && resetsAt === null ? [] : [{ window: '', remaining, resetsAt }];
  };
  return [
    ...plain.split(',').flatMap((item) => limit(item, 'r', 't')),
    ...limit(plain, 'remaining', 'reset'),
  ];
}

/**
 * Returns every limit that the headers report: by the IETF's drafts, and by the platform's own headers. None of them lasts longer than a day:
 * the platform is asked again then.
 */
export function readLimits(headers: Headers, now: Date, readOwn?: ReadOwn): ReportedLimit[] {
  const latest = inSeconds(now, DAY_S);
  return [
    // The header of the latest draft, and the three of the first ones.
    ...draftLimits(headers.ratelimit, now),
    ...countedLimit(headers, 'ratelimit', now),
    ...(readOwn?.(headers, now) ?? []),
  ].map((limit) => (limit.resetsAt && limit.resetsAt > latest ? { ...limit, resetsAt: latest } : limit));
}

/**
 * Returns the seconds until a refused request may be repeated according to the platform, between one second and one day. If several limits
 * are exhausted, the one that lasts longest counts.
 */
export function retryAfterSeconds(headers: Headers, now: Date, readOwn?: ReadOwn): number {
  const limits = readLimits(headers, now, readOwn);
  const until = ({ resetsAt }: ReportedLimit): number[] =>
    resetsAt === null ? [] : [(resetsAt.getTime() - now.getTime()) / 1000];
  const told = retryAfter(headers, now);
  const waits = limits.filter((limit) => limit.remaining === null || limit.remaining === 0).flatMap(until);
  // Years are not believed if anything else is reported.
  if (told !== null && (waits.length === 0 || isPlausible(inSeconds(now, told), now))) waits.push(told);
  // No limit is reported as exhausted, although the request was refused.
  if (waits.length === 0) waits.push(...limits.filter((limit) => limit.window === '').flatMap(until));
  if (waits.length === 0) waits.push(Math.max(0, ...limits.map((l) => l.waitSeconds ?? 0)) || UNKNOWN_S);
  return Math.min(DAY_S, Math.max(SHORTEST_S, Math.ceil(Math.max(...waits))));
}
