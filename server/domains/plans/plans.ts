import { platformFace } from '@/server/connectors/faces';
import { PLATFORM_IDS } from '@/server/connectors/generated/ids';
import { AppError } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';

export const PLANS = ['free', 'pro', 'agency'] as const;
export type Plan = (typeof PLANS)[number];

/** What each plan allows; `null` means no limit. Enforced in the verbs, inside their transactions. */
export interface Limits {
  connections: number | null;
  topics: number | null;
  /** Publications per day in the workspace's time zone. */
  postsPerDay: number | null;
  /** Variants per calendar month, written by a model or by the offline drafter. */
  generationsPerMonth: number | null;
  products: number | null;
  priceRules: number | null;
  members: number | null;
  /** Total size of all uploaded files, in bytes. */
  storageBytes: number | null;
}

/** Limits that plan tables show, in this order. */
export const LIMITS_SHOWN = [
  'connections',
  'topics',
  'postsPerDay',
  'generationsPerMonth',
  'products',
  'priceRules',
  'members',
  'storageBytes',
] as const satisfies readonly (keyof Limits)[];

export interface PlanTerms {
  readonly name: string;
  /** In US cents per month. */
  readonly monthlyPrice: number;
  readonly limits: Limits;
  /** Ids of the included platforms; those that need a higher plan are missing here. */
  readonly platforms: readonly string[];
  readonly topics: readonly string[];
}

const GB = 1024 ** 3;
const FREE_TOPICS = ['memes', 'tech'] as const;
const ALL_TOPICS = ['memes', 'tech', 'business', 'lifestyle', 'finance', 'travel', 'food', 'coding'] as const;
/** Returns the platforms whose tier is a plan or a lower one, in display order. */
const platformsOf = (plan: Plan): string[] =>
  PLATFORM_IDS.filter((id) => PLANS.indexOf(platformFace(id).tier) <= PLANS.indexOf(plan));

/** The single table of plans and limits. */
export const PLAN_TERMS: Record<Plan, PlanTerms> = {
  free: {
    name: 'Free',
    monthlyPrice: 0,
    limits: {
      connections: 2,
      topics: 2,
      postsPerDay: 5,
      generationsPerMonth: 60,
      products: 3,
      priceRules: 1,
      members: 1,
      storageBytes: GB,
    },
    platforms: platformsOf('free'),
    topics: FREE_TOPICS,
  },
  pro: {
    name: 'Pro',
    monthlyPrice: 2900,
    limits: {
      connections: 10,
      topics: null,
      postsPerDay: 100,
      generationsPerMonth: 3000,
      products: 200,
      priceRules: 200,
      members: 3,
      storageBytes: 25 * GB,
    },
    platforms: platformsOf('pro'),
    topics: ALL_TOPICS,
  },
  agency: {
    name: 'Agency',
    monthlyPrice: 9900,
    limits: {
      connections: null,
      topics: null,
      postsPerDay: null,
      generationsPerMonth: null,
      products: null,
      priceRules: null,
      members: 25,
      storageBytes: 100 * GB,
    },
    platforms: platformsOf('agency'),
    topics: ALL_TOPICS,
  },
};

/** Formats a storage size: "1 GB", "300 MB". */
const sizeFact = (bytes: number): Fact =>
  bytes > 0 && bytes < GB / 10
    ? fact('plans.notes.megabytes', { amount: Math.max(1, Math.round(bytes / 1024 ** 2)) })
    : fact('plans.notes.gigabytes', { amount: Math.round((bytes / GB) * 10) / 10 });

/** Returns a limit, or the used amount of it, as a figure: "25", "1 GB", "0.3 GB". */
export const amountFact = (limit: keyof Limits, value: number): Fact =>
  limit === 'storageBytes' ? sizeFact(value) : fact('plans.notes.count', { count: value });

/** Describes what a limit allows: "5 posts a day", "1 GB for files", "No limit on products". */
export function allowedFact(limit: keyof Limits, allowed: number | null): Fact {
  if (allowed === null) return fact(`plans.unlimited.${limit}`);
  return limit === 'storageBytes'
    ? fact('plans.allowed.storageBytes', { amount: sizeFact(allowed) })
    : fact(`plans.allowed.${limit}`, { count: allowed });
}

/**
 * Throws `limit_reached` if `used + adding` exceeds what the plan allows. Call it inside the transaction that adds, after locking the
 * workspace's row (`lockWorkspace`), so that two concurrent requests cannot both pass.
 */
export function assertWithinLimit(plan: Plan, limit: keyof Limits, used: number, adding = 1): void {
  const allowed = PLAN_TERMS[plan].limits[limit];
  if (allowed === null || used + adding <= allowed) return;
  const { name } = PLAN_TERMS[plan];
  const problem =
    limit === 'storageBytes'
      ? fact('plans.errors.storageFull', { plan: name, allowed: sizeFact(allowed), used: sizeFact(used) })
      : fact('plans.errors.limitReached', { plan: name, allowed: allowedFact(limit, allowed), used });
  throw new AppError('limit_reached', problem, { details: { limit, allowed, used } });
}
