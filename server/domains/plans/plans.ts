import { AppError } from '@/server/foundation/errors';

export const PLANS = ['free', 'pro', 'agency'] as const;
export type Plan = (typeof PLANS)[number];

/** What each plan allows. `null` is no limit. Enforced in the verbs, inside their transactions. */
export interface Limits {
  connections: number | null;
  topics: number | null;
  /** Publications that go out on one day of the workspace's zone. */
  postsPerDay: number | null;
  /** Variants written by a model or by the offline drafter in a calendar month. */
  generationsPerMonth: number | null;
  products: number | null;
  priceRules: number | null;
  members: number | null;
  /** Bytes of all files that were uploaded. */
  storageBytes: number | null;
}

export interface PlanTerms {
  readonly name: string;
  /** US cents a month. */
  readonly monthlyPrice: number;
  readonly limits: Limits;
  /** Platform ids that need a higher plan than this one have no entry here. */
  readonly platforms: readonly string[];
  readonly topics: readonly string[];
}

const GB = 1024 ** 3;
const FREE_TOPICS = ['memes', 'tech'] as const;
const ALL_TOPICS = ['memes', 'tech', 'business', 'lifestyle', 'finance', 'travel', 'food', 'coding'] as const;
const FREE_PLATFORMS = ['x', 'facebook', 'etsy'] as const;
const ALL_PLATFORMS = [...FREE_PLATFORMS, 'linkedin', 'youtube'] as const;

/** The one table of plans and limits. */
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
    platforms: FREE_PLATFORMS,
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
    platforms: ALL_PLATFORMS,
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
    platforms: ALL_PLATFORMS,
    topics: ALL_TOPICS,
  },
};

const NOUN: Record<keyof Limits, string> = {
  connections: 'connected accounts',
  topics: 'topics',
  postsPerDay: 'posts a day',
  generationsPerMonth: 'drafts a month',
  products: 'products',
  priceRules: 'price rules',
  members: 'people',
  storageBytes: 'for files',
};

/** A limit, or how much of it is used, as people read it: "25", "1 GB", "0.3 GB". */
export function amountOf(limit: keyof Limits, value: number): string {
  if (limit !== 'storageBytes') return value.toLocaleString('en-US');
  if (value > 0 && value < GB / 10) return `${Math.max(1, Math.round(value / 1024 ** 2))} MB`;
  return `${(value / GB).toLocaleString('en-US', { maximumFractionDigits: 1 })} GB`;
}

/**
 * Throws `limit_reached` when `used + adding` is more than the plan allows. Call it inside the transaction that adds, after
 * locking the workspace's row (`lockWorkspace`), so that two requests at once cannot both pass.
 */
export function assertWithinLimit(plan: Plan, limit: keyof Limits, used: number, adding = 1): void {
  const allowed = PLAN_TERMS[plan].limits[limit];
  if (allowed === null || used + adding <= allowed) return;
  const name = PLAN_TERMS[plan].name;
  throw new AppError(
    'limit_reached',
    limit === 'storageBytes'
      ? `The ${name} plan has ${amountOf(limit, allowed)} for files, and this one does not fit: you use ${amountOf(limit, used)}. An owner can choose a larger plan under Settings, Billing. What no post uses is removed after a week.`
      : `The ${name} plan has ${allowed} ${NOUN[limit]}, and you use ${used}. Upgrade to add more.`,
    {
      details: { limit, allowed, used },
    },
  );
}
