import { PLANS, type Plan } from '../plans/plans';
import type { Recognised } from './plan-of-subscription';
import { isLive, subscriptionStateOf } from './subscription-state';

export interface Classification {
  /** What the workspace may use. */
  plan: Plan;
  /** The subscription that is shown and managed: the one that gives the plan, else one that may be charged, else the last that ended. */
  main: Recognised | null;
  /** What Stripe charges for or may charge for. */
  live: Recognised[];
  /** What is paid for by a price or in a status that we do not know. While there is any, the plan is never lowered. */
  unclear: Recognised[];
}

const rank = (plan: Plan | null): number => (plan ? PLANS.indexOf(plan) : -1);
const larger = (a: Plan, b: Plan): Plan => (rank(a) >= rank(b) ? a : b);

/**
 * Judges all of a customer's subscriptions (the newest first) together: the best paid one gives the plan. `present` is the workspace's
 * plan now, `mainId` the subscription that was shown so far; it stays that one among equals.
 */
export function classifySubscriptions(
  all: Recognised[],
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
  const weight = ({ remote, plan }: Recognised): number => {
    const state = subscriptionStateOf(remote.status);
    const group = state === 'paid' && plan ? 3 : state === 'paid' || state === 'unknown' ? 2 : 1;
    return isLive(remote.status) ? group * 10 + rank(plan) + 1 + (remote.id === mainId ? 0.5 : 0) : 0;
  };
  let main: Recognised | null = null;
  for (const one of all) if (!main || weight(one) > weight(main)) main = one;
  return { plan: unclear.length > 0 ? larger(best, present) : best, main, live, unclear };
}
