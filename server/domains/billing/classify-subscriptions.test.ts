import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PLANS, type Plan } from '../plans/plans';
import { classifySubscriptions } from './classify-subscriptions';
import type { Recognized } from './plan-of-subscription';

const STATUSES = [
  'active',
  'trialing',
  'past_due',
  'unpaid',
  'paused',
  'incomplete',
  'incomplete_expired',
  'canceled',
  'of_tomorrow',
];
const PAID = ['active', 'trialing', 'past_due'];
const rank = (plan: Plan) => PLANS.indexOf(plan);

const one = fc.record({ status: fc.constantFrom(...STATUSES), plan: fc.constantFrom('pro', 'agency', null) });
const customer = fc.array(one, { maxLength: 6 }).map((all) =>
  all.map(
    ({ status, plan }, i): Recognized => ({
      remote: { id: `sub_${i}`, customer: 'cus_1', status, cancel_at_period_end: false, items: { data: [] } },
      plan: plan as Recognized['plan'],
      item: null,
    }),
  ),
);
const present = fc.constantFrom(...PLANS);

test('the best paid subscription determines the plan, in whatever order Stripe lists them', () => {
  fc.assert(
    fc.property(customer, present, (all, before) => {
      const { plan, unclear, main } = classifySubscriptions(all, before, null);
      const paid = all.filter((s) => s.plan && PAID.includes(s.remote.status));
      const best = Math.max(0, ...paid.map((s) => rank(s.plan ?? 'free')));
      expect(rank(plan)).toBe(unclear.length > 0 ? Math.max(best, rank(before)) : best);
      expect(classifySubscriptions([...all].reverse(), before, null).plan).toBe(plan);
      if (paid.length > 0) expect(rank(main?.plan ?? 'free')).toBe(best);
    }),
  );
});

test('the plan is never lowered while an unrecognized subscription is paid for', () => {
  fc.assert(
    fc.property(customer, present, (all, before) => {
      const odd = all.some(
        ({ remote, plan }) =>
          remote.status === 'of_tomorrow' || (PAID.includes(remote.status) && plan === null),
      );
      const classified = classifySubscriptions(all, before, null);
      expect(classified.unclear.length > 0).toBe(odd);
      if (odd) expect(rank(classified.plan)).toBeGreaterThanOrEqual(rank(before));
    }),
  );
});

test('any subscription that may still be charged is live and takes precedence over ended ones', () => {
  fc.assert(
    fc.property(customer, present, (all, before) => {
      const { live, main } = classifySubscriptions(all, before, null);
      expect(live).toEqual(
        all.filter(({ remote }) => !['canceled', 'incomplete_expired'].includes(remote.status)),
      );
      if (live.length > 0) expect(live).toContain(main);
    }),
  );
});
