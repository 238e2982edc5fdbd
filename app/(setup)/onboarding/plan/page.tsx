import { getLocale, getTranslations } from 'next-intl/server';
import { loadStep } from '@/app/(setup)/onboarding/load-step';
import { EndedReturn } from '@/components/billing/confirm-return';
import { readReturn } from '@/components/billing/payment-return';
import { planPrice } from '@/components/billing/plan-price';
import { Steps } from '@/components/setup/steps';
import { cameFrom } from '@/components/setup/upgrade';
import { ClientWords } from '@/components/words/client-words';
import { titled } from '@/components/words/titled';
import { type Limits, PLAN_TERMS, PLANS, type Plan } from '@/server/domains/plans/plans';
import { Paid } from './paid';
import { PlanForm } from './plan-form';

export const generateMetadata = titled('setupPlan');

type T = Awaited<ReturnType<typeof getTranslations<'setup.plan'>>>;

function points(t: T, plan: Plan): string[] {
  const limits: Limits = PLAN_TERMS[plan].limits;
  const limit = (name: 'connections' | 'postsPerDay' | 'generationsPerMonth' | 'products' | 'members') => {
    const count = limits[name];
    return t(`limit.${name}`, { limited: count === null ? 'no' : 'yes', count: count ?? 0 });
  };
  return [
    limit('connections'),
    plan === 'free' ? t('someTopics') : t('allTopics'),
    limit('postsPerDay'),
    limit('generationsPerMonth'),
    limit('products'),
    limit('members'),
  ];
}

export default async function PlanPage({
  searchParams,
}: {
  searchParams: Promise<{ checkout?: string | string[]; from?: string | string[] }>;
}) {
  const [{ viewer, state }, query, t, locale] = await Promise.all([
    loadStep('plan'),
    searchParams,
    getTranslations('setup.plan'),
    getLocale(),
  ]);
  const { ended, returned } = readReturn(query.checkout);
  const from = cameFrom(query.from);
  return (
    <>
      <Steps current="plan" reached={state.step} />
      <h1 className="font-semibold text-2xl tracking-tight">{t('welcome', { name: viewer.name })}</h1>
      <p className="mt-2 mb-6 max-w-prose text-muted-foreground">{t('intro')}</p>
      <ClientWords of={['billing', 'setup']}>
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
            price: planPrice(plan, locale),
            points: points(t, plan),
          }))}
        />
      </ClientWords>
    </>
  );
}
