import { PLANS, type Plan } from '../plans/plans';
import type { Recognized } from './plan-of-subscription';
import { isLive, subscriptionStateOf } from './subscription-state';

interface Classification {
  /** The plan that the workspace is entitled to. */
  plan: Plan;
  /**
   * The subscription that is shown and managed: the one that provides the plan, else one that may be charged, else the last one that ended.
   */
  main: Recognized | null;
  /** Subscriptions that Stripe charges or may charge for. */
  live: Recognized[];
  /** Subscriptions with an unknown price that is paid for, or with an unknown status. While there are any, the plan is never lowered. */
  unclear: Recognized[];
}

const rank = (plan: Plan | null): number => (plan ? PLANS.indexOf(plan) : -1);
const larger = (a: Plan, b: Plan): Plan => (rank(a) >= rank(b) ? a : b);

/**
 * Evaluates all subscriptions of a customer (newest first): the best paid one determines the plan. `present` is the workspace's current
 * plan; `mainId` is the subscription shown so far, which is preferred among equals.
 */
export function classifySubscriptions(
  all: Recognized[],
  present: Plan,
  mainId: string | null,
): Classification {
  const live = all.filter(({ remote }) => isLive(remote.status));
  const unclear = live.filter(({ remote, plan }) => {
    const state = subscriptionStateOf(remote.status);
    return state === 'unknown' || (state === 'paid' && plan === null);
  });
  let best: Plan = 'free';
  for (const { remote, plan } of live)
    if (plan && subscriptionStateOf(remote.status) === 'paid') best = larger(best, plan);
  const weight = ({ remote, plan }: Recognized): number => {
    const state = subscriptionStateOf(remote.status);
    const group = state === 'paid' && plan ? 3 : state === 'paid' || state === 'unknown' ? 2 : 1;
    return isLive(remote.status) ? group * 10 + rank(plan) + 1 + (remote.id === mainId ? 0.5 : 0) : 0;
  };
  let main: Recognized | null = null;
  for (const one of all) if (!main || weight(one) > weight(main)) main = one;
  return { plan: unclear.length > 0 ? larger(best, present) : best, main, live, unclear };
}
