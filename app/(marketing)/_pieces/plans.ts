import { isPlatformId, manifests } from '@/server/connectors/manifests';
import { amountOf, type Limits, PLAN_TERMS, PLANS, type Plan } from '@/server/domains/plans/plans';

export interface ShownPlan {
  id: Plan;
  name: string;
  /** "$29". */
  price: string;
  audience: string;
  limits: { label: string; value: string }[];
  platforms: string;
  topics: string;
}

const AUDIENCE: Record<Plan, string> = {
  free: 'To try it with one account to post on and one to sell on.',
  pro: 'For one person or a small team that lives from it.',
  agency: 'For teams that run many accounts.',
};

const LIMIT_WORDS: Record<keyof Limits, string> = {
  connections: 'Connected accounts',
  topics: 'Topics',
  postsPerDay: 'Posts a day',
  generationsPerMonth: 'Drafts a month',
  products: 'Products',
  priceRules: 'Price rules',
  members: 'People',
  storageBytes: 'Room for files',
};

const words = (limit: keyof Limits, value: number | null) =>
  value === null ? 'No limit' : amountOf(limit, value);
const listed = (words: readonly string[]) => new Intl.ListFormat('en', { type: 'conjunction' }).format(words);
const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

/** Platforms of a plan that this version can connect. */
export const workingPlatforms = (plan: Plan): string[] =>
  PLAN_TERMS[plan].platforms.flatMap((id) =>
    isPlatformId(id) && manifests[id].available ? [manifests[id].name] : [],
  );

/** The plans in words, from the one table that the limits are enforced with. */
export const SHOWN_PLANS: readonly ShownPlan[] = PLANS.map((id) => {
  const terms = PLAN_TERMS[id];
  return {
    id,
    name: terms.name,
    price: `$${(terms.monthlyPrice / 100).toLocaleString('en-US')}`,
    audience: AUDIENCE[id],
    limits: (Object.keys(LIMIT_WORDS) as (keyof Limits)[]).map((key) => ({
      label: LIMIT_WORDS[key],
      value: words(key, terms.limits[key]),
    })),
    platforms: listed(workingPlatforms(id)),
    topics: capital(listed(terms.topics)),
  };
});
