import { seeded, seedOf } from '@/server/sandbox/random';

/** Platforms that a run publishes on. The last three exist only here. */
export const PLATFORMS = ['x', 'facebook', 'keyed', 'lookup', 'neither'] as const;
export type Platform = (typeof PLATFORMS)[number];
/** Platforms on which only a user can resolve an attempt with an unknown outcome. */
export const NEEDS_USER: ReadonlySet<string> = new Set(['neither']);

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

const UPLOAD_CHANCE = 0.15;
/**
 * Returns the fault of the `ordinal`th request (from 0) that uploads a picture. An upload has no public effect, so it can always be
 * repeated.
 */
export function uploadFault(seed: number, ordinal: number): VendorFault | null {
  const random = seeded(seedOf(seed, 'upload', ordinal));
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
);

/** Returns the faults that happen at fixed times of the run (milliseconds from its start), whatever the workers are doing. */
export function timedFaults(seed: number, duration: number, workers: number): TimedFault[] {
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
  return list.sort((a, b) => a.at - b.at);
}

/** Maximum number of further parts of a post in a run: threads of two to four posts, or one comment. */
export const MAX_FOLLOWING: Readonly<Record<Platform, number>> = {
  x: 3,
  facebook: 1,
  keyed: 3,
  lookup: 3,
  neither: 3,
};
const THREADS = 0.1;

/** Returns the number of parts that follow the `index`th post (from 0) of a run on this platform. */
export function following(seed: number, index: number, platform: Platform): number {
  const random = seeded(seedOf(seed, 'parts', index));
  return random() < THREADS ? 1 + Math.floor(random() * MAX_FOLLOWING[platform]) : 0;
}

/** Platforms that report results, and whose posts may have a follow-up. */
const REPORTS_RESULTS: ReadonlySet<Platform> = new Set(['x', 'facebook']);
const FOLLOWED_UP = 0.15;
/**
 * Whether the `index`th post (from 0) of a run has a follow-up rule that adds a reply or a comment when it does well. Posts with parts have
 * none.
 */
export function followedUp(seed: number, index: number, platform: Platform): boolean {
  if (!REPORTS_RESULTS.has(platform) || following(seed, index, platform) > 0) return false;
  return seeded(seedOf(seed, 'followUpRule', index))() < FOLLOWED_UP;
}

/** Platforms whose posts may have pictures, with the maximum per post in a run. */
const MAX_PICTURES: Readonly<Partial<Record<Platform, number>>> = { x: 4, facebook: 6 };
const PICTURED = 0.2;
/** Returns the number of pictures of the `index`th post (from 0) of a run on this platform. */
export function pictures(seed: number, index: number, platform: Platform): number {
  const random = seeded(seedOf(seed, 'pictures', index));
  return random() < PICTURED ? Math.ceil(random() * (MAX_PICTURES[platform] ?? 0)) : 0;
}
const REFUSED = 0.15;
/**
 * Whether the platform permanently refuses a picture of the `index`th post, so that the post is never published. Such a post has no parts
 * and no follow-up.
 */
export function refused(seed: number, index: number, platform: Platform): boolean {
  if (platform !== 'x' || pictures(seed, index, platform) === 0) return false;
  if (following(seed, index, platform) > 0 || followedUp(seed, index, platform)) return false;
  return seeded(seedOf(seed, 'refused', index))() < REFUSED;
}
/**
 * Alt text of the `place`th picture (from 1) of a post. It identifies the picture, so that the run can verify which pictures arrived and in
 * which order.
 */
export const altOf = (number: number, place: number): string => `Picture ${place} of ${number}`;

/** Text of a post or part. It contains the number, so that a vendor can identify it. */
export const textOf = (number: number, seed: number): string => `Post #${number} of run ${seed}`;
export function numberIn(text: string): number | null {
  const found = /Post #(\d+) of run/.exec(text);
  return found ? Number(found[1]) : null;
}
