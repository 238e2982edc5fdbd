import type { PlatformTraits } from '@/server/connectors/platform-traits';
import { seeded, seedOf } from '@/server/sandbox/random';

/** What a vendor does with a request instead of responding normally. */
export type VendorFault =
  | { kind: '429'; seconds: number }
  | { kind: '500_before' | '500_after' | 'reset_before' | 'reset_after' | 'nonsense' }
  /** No response ever arrives; with `after`, the effect has happened. */
  | { kind: 'timeout_before' | 'timeout_after' }
  /** The response arrives, but slowly. */
  | { kind: 'slow'; ms: number }
  /** The effect happens after the caller has given up. */
  | { kind: 'late'; ms: number };

const EFFECT_KINDS = [
  ['429', 3],
  ['500_before', 3],
  ['500_after', 4],
  ['reset_before', 3],
  ['reset_after', 4],
  ['nonsense', 1],
  ['timeout_before', 2],
  ['timeout_after', 3],
  ['slow', 3],
  ['late', 2],
] as const;
const READ_KINDS = [
  ['429', 2],
  ['500_before', 4],
  ['reset_before', 4],
  ['nonsense', 1],
  ['timeout_before', 1],
  ['slow', 3],
] as const;
/**
 * Chance of a fault in the first, second and third request for one publication. Later requests get no faults, so that every post can
 * complete.
 */
const EFFECT_CHANCE = [0.3, 0.25, 0.2];
const READ_CHANCE = 0.12;

function draw<K extends string>(kinds: readonly (readonly [K, number])[], random: () => number): K {
  let at = random() * kinds.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [kind, weight] of kinds) {
    at -= weight;
    if (at < 0) return kind;
  }
  return kinds[0]?.[0] as K;
}

function shape(kind: VendorFault['kind'], random: () => number): VendorFault {
  if (kind === '429') return { kind, seconds: 1 + Math.floor(random() * 20) };
  if (kind === 'slow') return { kind, ms: 200 + Math.floor(random() * 700) };
  if (kind === 'late') return { kind, ms: REQUEST_LIMIT_MS + 200 + Math.floor(random() * 1500) };
  return { kind } as VendorFault;
}

/** Returns the fault of the `ordinal`th request (from 0) that would publish post `number`. */
export function effectFault(seed: number, number: number, ordinal: number): VendorFault | null {
  const random = seeded(seedOf(seed, 'effect', number, ordinal));
  if (random() >= (EFFECT_CHANCE[ordinal] ?? 0)) return null;
  return shape(draw(EFFECT_KINDS, random), random);
}

/** Returns the fault of the `ordinal`th read request (from 0) for an account. */
export function readFault(seed: number, account: string, ordinal: number): VendorFault | null {
  const random = seeded(seedOf(seed, 'read', account, ordinal));
  if (random() >= READ_CHANCE) return null;
  return shape(draw(READ_KINDS, random), random);
}

/** A renewed sign-in whose answer is lost would be lost with it, which only a user can repair. Killed processes lose some in any case. */
const TOKEN_KINDS = [
  ['429', 1],
  ['500_before', 3],
  ['reset_before', 3],
  ['timeout_before', 1],
  ['slow', 4],
] as const;
const TOKEN_CHANCE = 0.3;

/** Returns the fault of the `ordinal`th request (from 0) that renews a sign-in at a platform. */
export function tokenFault(seed: number, platform: string, ordinal: number): VendorFault | null {
  const random = seeded(seedOf(seed, 'token', platform, ordinal));
  if (random() >= TOKEN_CHANCE) return null;
  return shape(draw(TOKEN_KINDS, random), random);
}

const UPLOAD_CHANCE = 0.15;
/**
 * Returns the fault of the `ordinal`th request (from 0) to a platform that changes something and has no text of a post: an upload, or a
 * repost. Repeating it has no second effect.
 */
export function uploadFault(seed: number, platform: string, ordinal: number): VendorFault | null {
  const random = seeded(seedOf(seed, 'upload', platform, ordinal));
  if (random() >= UPLOAD_CHANCE) return null;
  return shape(draw(EFFECT_KINDS, random), random);
}

/**
 * Returns how a worker distorts the `ordinal`th event, or list of events, that it sends: duplicated, delayed, refused or null for
 * unchanged. Lists announce claims; they are rare, so more of them are refused.
 */
export function eventFault(
  seed: number,
  worker: string,
  ordinal: number,
  list: boolean,
): { again: boolean; delayMs: number; fails?: true } | null {
  const random = seeded(seedOf(seed, 'event', worker, ordinal));
  const which = random();
  if (which < 0.15) return { again: true, delayMs: 0 };
  if (which < 0.25) return { again: true, delayMs: Math.floor(random() * 1500) };
  if (which < 0.35) return { again: false, delayMs: 100 + Math.floor(random() * 1500) };
  if (which < (list ? 0.6 : 0.43)) return { again: false, delayMs: 0, fails: true };
  return null;
}

/** Returns how many milliseconds a worker is delayed before it sends its `ordinal`th request: 0, or longer than the limit of a call. */
export function heldUp(seed: number, worker: string, ordinal: number): number {
  const random = seeded(seedOf(seed, 'held', worker, ordinal));
  return random() < 0.004 ? CALL_LIMIT_SCALED_MS + 300 + Math.floor(random() * 800) : 0;
}

/** Request timeout of a worker in a run, in place of the connectors' 20 seconds. */
export const REQUEST_LIMIT_MS = 1500;
/** Limit of a whole call (policy.ts: a minute) for a worker in a run. */
export const CALL_LIMIT_SCALED_MS = 3000;
export const CALL_SCALE = CALL_LIMIT_SCALED_MS / 60_000;

/** Every named point at which a worker can be killed, with the highest hit number to wait for. */
export const POINTS: Readonly<Record<string, number>> = {
  'claim: before': 3,
  'claim: after': 3,
  'announce claimed: before': 2,
  'announce claimed: after': 2,
  'announce lanes: before': 1,
  'announce lanes: after': 1,
  'release: before': 1,
  'release: after': 1,
  'start: before': 6,
  'start: after': 6,
  'publish: before the call': 12,
  'network: POST: before': 12,
  'network: POST: leaves': 12,
  'network: POST: answered': 12,
  'network: PUT: before': 2,
  'network: PUT: leaves': 2,
  'network: PUT: answered': 2,
  'network: GET: before': 6,
  'network: GET: leaves': 6,
  'network: GET: answered': 6,
  'publish: answer came': 12,
  'advance: before': 6,
  'advance: after': 6,
  'settle: before': 6,
  'settle: written': 6,
  'settle: after': 12,
  'look-up: before': 4,
  'look-up: noted': 4,
  'look-up: answer came': 4,
  'look-up: settled': 4,
  'recover: before': 2,
  'recover: released': 2,
  'recover: written': 2,
  'recover: after': 2,
  'announce unsettled: before': 1,
  'announce unsettled: after': 1,
  'results: taken': 1,
  'results: answer came': 1,
  'results: written': 1,
  'media sweep: before': 2,
  'announce media: before': 2,
  'announce media: after': 2,
  'media: before': 6,
  'media: taken': 6,
  'media: answer came': 6,
  'media: before writing': 6,
  'media: written': 6,
  'media: before ready': 3,
  'media: ready': 3,
  'media give up: before': 1,
  'media give up: written': 1,
  'follow-up: before': 1,
  'follow-up: after': 1,
  'runner: events: insert': 3,
  'runner: events: insert: after': 3,
  'runner: fan out: mark': 3,
  'runner: fan out: mark: after': 3,
  'runner: fan out: commit': 3,
  'runner: fan out: committed': 3,
  'runner: runs: begin': 3,
  'runner: runs: begin: after': 3,
  'runner: crons: slots': 1,
  'runner: crons: slots: after': 1,
  'runner: crons: commit': 1,
  'runner: crons: committed': 1,
  'runner: claim': 6,
  'runner: claim: after': 6,
  'runner: claim: commit': 6,
  'runner: claim: committed': 6,
  'runner: renew': 1,
  'runner: renew: after': 1,
  'runner: settle: jobs': 6,
  'runner: settle: jobs: after': 6,
  'runner: settle: memos': 4,
  'runner: settle: memos: after': 4,
  'runner: settle: next': 4,
  'runner: settle: next: after': 4,
  'runner: settle: planned': 1,
  'runner: settle: planned: after': 1,
  'runner: settle: continue': 1,
  'runner: settle: continue: after': 1,
  'runner: settle: end': 6,
  'runner: settle: end: after': 6,
  'runner: settle: commit': 6,
  'runner: settle: committed': 6,
};

export interface PointKill {
  point: string;
  hit: number;
}

/**
 * In runs with more posts than this, a worker does proportionally more before it is killed; otherwise a large run would consist of nothing
 * but restarts.
 */
const USUAL_RUN = 1_000;
/** Points with a lower hit number than this are not hit more often in a large run. */
const OFTEN = 3;

/** Yields endlessly, in a shuffled order, the points at which a run of `n` posts kills workers. */
export function* pointKills(seed: number, n: number): Generator<PointKill, never> {
  const random = seeded(seedOf(seed, 'points'));
  const scale = Math.max(1, n / USUAL_RUN);
  const mostOf = (most: number) => (most >= OFTEN ? Math.round(most * scale) : most);
  for (;;) {
    const names = Object.keys(POINTS);
    while (names.length > 0) {
      const [point = ''] = names.splice(Math.floor(random() * names.length), 1);
      yield { point, hit: 1 + Math.floor(random() * mostOf(POINTS[point] ?? 1)) };
    }
  }
}

export type TimedFault = { at: number } & (
  | { kind: 'kill'; worker: number }
  | { kind: 'cut'; share: number }
  | { kind: 'refuse'; ms: number }
  | { kind: 'clock'; worker: number; ms: number }
  /** The access tokens of a share of all sign-ins end early. They can be renewed. */
  | { kind: 'expire'; share: number }
  /** A user ends the access of the app at a platform. Somebody has to sign in again. */
  | { kind: 'revoke'; platform: string; which: number }
);

/**
 * Returns the faults that happen at fixed times of the run (milliseconds from its start), whatever the workers are doing. At each of
 * `platforms`, access is ended once within `usual`, the minimum duration.
 */
export function timedFaults(
  seed: number,
  {
    duration,
    usual,
    workers,
    platforms,
  }: { duration: number; usual: number; workers: number; platforms: readonly string[] },
): TimedFault[] {
  const random = seeded(seedOf(seed, 'timed'));
  const list: TimedFault[] = [];
  const every = (mean: number, make: (at: number) => TimedFault) => {
    for (let at = mean * (0.3 + random()); at < duration; at += mean * (0.5 + random())) list.push(make(at));
  };
  every(5_000, (at) => ({ at, kind: 'kill', worker: Math.floor(random() * workers) }));
  every(3_500, (at) => ({ at, kind: 'cut', share: random() < 0.5 ? 1 : random() }));
  every(8_000, (at) => ({ at, kind: 'refuse', ms: 300 + Math.floor(random() * 1200) }));
  every(4_000, (at) => ({
    at,
    kind: 'clock',
    worker: Math.floor(random() * workers),
    ms: random() < 0.3 ? 0 : Math.round((random() * 2 - 1) * 5 * 60_000),
  }));
  every(6_000, (at) => ({ at, kind: 'expire', share: random() < 0.5 ? 1 : random() }));
  for (const platform of platforms)
    list.push({ at: usual * (0.1 + 0.7 * random()), kind: 'revoke', platform, which: random() });
  return list.sort((a, b) => a.at - b.at);
}

/** Maximum number of further parts of a thread in a run. */
const MAX_FOLLOWING = 3;
const THREADS = 0.1;

/** Returns the number of parts that follow the `index`th post (from 0) of a run on this platform: of a thread, or one comment. */
export function following(seed: number, index: number, traits: PlatformTraits): number {
  if (traits.follow === null) return 0;
  const random = seeded(seedOf(seed, 'parts', index));
  return random() < THREADS ? 1 + Math.floor(random() * Math.min(MAX_FOLLOWING, traits.parts.most)) : 0;
}

const FOLLOWED_UP = 0.2;
const REPOSTED = 0.5;
/**
 * Returns what happens when the `index`th post (from 0) of a run does well: a reply or a comment follows, the account reposts it, or
 * nothing. Posts with parts have no such rule.
 */
export function followUp(seed: number, index: number, traits: PlatformTraits): 'follow_up' | 'repost' | null {
  if (traits.resultsBatch === null || following(seed, index, traits) > 0) return null;
  const random = seeded(seedOf(seed, 'followUpRule', index));
  if (random() >= FOLLOWED_UP) return null;
  return traits.reposts && random() < REPOSTED ? 'repost' : 'follow_up';
}

/** Maximum number of pictures of a post in a run. */
export const MAX_PICTURES = 6;
const PICTURED = 0.2;
/** Returns the number of pictures of the `index`th post (from 0) of a run on this platform. */
export function pictures(seed: number, index: number, traits: PlatformTraits): number {
  const most = Math.min(MAX_PICTURES, traits.media?.pictures.most ?? 0);
  const random = seeded(seedOf(seed, 'pictures', index));
  return random() < PICTURED ? Math.ceil(random() * most) : 0;
}

/** Why a platform never publishes a post: its text or the description of a picture is too long. */
export type Refusal = 'text' | 'description';
const REFUSED = 0.02;
const REFUSED_PICTURED = 0.15;
/**
 * Returns why the platform permanently refuses the `index`th post, or null. Such a post has no parts and no follow-up. `descriptions` says
 * whether the platform refuses a long description.
 */
export function refusal(
  seed: number,
  index: number,
  traits: PlatformTraits,
  descriptions: boolean,
): Refusal | null {
  if (following(seed, index, traits) > 0 || followUp(seed, index, traits) !== null) return null;
  const pictured = pictures(seed, index, traits) > 0;
  const reason = pictured ? (descriptions ? 'description' : null) : traits.characters ? 'text' : null;
  return seeded(seedOf(seed, 'refused', index))() < (pictured ? REFUSED_PICTURED : REFUSED) ? reason : null;
}

const WITH_OPTION = 0.3;
/** Returns which of `count` values of options the `index`th post has besides the usual ones, or null. Posts with pictures have none. */
export function option(seed: number, index: number, traits: PlatformTraits, count: number): number | null {
  if (count === 0 || pictures(seed, index, traits) > 0) return null;
  const random = seeded(seedOf(seed, 'option', index));
  return random() < WITH_OPTION ? Math.floor(random() * count) : null;
}

/**
 * Alt text of the `place`th picture (from 1) of a post. It identifies the picture, so that the run can verify which pictures arrived and in
 * which order.
 */
export const altOf = (number: number, place: number): string => `Picture ${place} of ${number}`;

/** Returns the id of the post that a publication is, or is a part of (db/parts.sql). */
export const postOf = (publicationId: string): string => publicationId.replace(/-\d\d$/, '');

/** Text of a post or part. It contains the number, so that a vendor can identify it. */
export const textOf = (number: number, seed: number): string => `Post #${number} of run ${seed}`;
/** Returns the number in a text, or in a request that contains the text in any of the usual encodings. */
export function numberIn(text: string): number | null {
  const found = /Post(?: |\+|%20)(?:\\|%5C)*(?:#|%23)(\d+)(?: |\+|%20)of/.exec(text);
  return found ? Number(found[1]) : null;
}
