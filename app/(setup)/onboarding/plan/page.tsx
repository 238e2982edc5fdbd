import type { Metadata } from 'next';
import { loadStep } from '@/app/(setup)/onboarding/load-step';
import { EndedReturn } from '@/components/billing/confirm-return';
import { readReturn } from '@/components/billing/payment-return';
import { Steps } from '@/components/setup/steps';
import { cameFrom } from '@/components/setup/upgrade';
import { type Limits, PLAN_TERMS, PLANS, type Plan } from '@/server/domains/plans/plans';
import { formatMoney, money } from '@/server/foundation/money';
import { Paid } from './paid';
import { PlanForm } from './plan-form';

export const metadata: Metadata = { title: 'Choose a plan' };

const number = (value: number | null, words: string) =>
  value === null ? `No limit on ${words}` : `${value.toLocaleString('en')} ${words}`;

function points(plan: Plan): string[] {
  const l: Limits = PLAN_TERMS[plan].limits;
  return [
    number(l.connections, 'connected accounts'),
    plan === 'free' ? 'Topics: memes and tech' : 'All topics',
    number(l.postsPerDay, 'posts a day'),
    number(l.generationsPerMonth, 'drafts a month'),
    number(l.products, 'products'),
    l.members === 1 ? 'For one person' : number(l.members, 'people'),
  ];
}

export default async function PlanPage({
  searchParams,
}: {
  searchParams: Promise<{ checkout?: string | string[]; from?: string | string[] }>;
}) {
  const [{ viewer, state }, query] = await Promise.all([loadStep('plan'), searchParams]);
  const { ended, returned } = readReturn(query.checkout);
  const from = cameFrom(query.from);
  return (
    <>
      <Steps current="plan" reached={state.step} />
      <h1 className="font-semibold text-2xl tracking-tight">Welcome, {viewer.name}</h1>
      <p className="mt-2 mb-6 max-w-prose text-muted-foreground">
        Choose a plan to begin with. Free costs nothing and has no end; you can change the plan at any time.
      </p>
      <div className="mb-5 grid gap-3 empty:hidden">
        {ended ? <EndedReturn ended={ended} /> : null}
        {returned ? <Paid returned={returned} from={from} /> : null}
      </div>
      <PlanForm
        current={state.plan}
        from={from}
        paying={returned?.from === 'checkout'}
        plans={PLANS.map((plan) => ({
          plan,
          name: PLAN_TERMS[plan].name,
          price: formatMoney(money(PLAN_TERMS[plan].monthlyPrice, 'USD')).replace('.00', ''),
          points: points(plan),
        }))}
      />
    </>
  );
}
