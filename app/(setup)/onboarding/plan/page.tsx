import { getLocale, getTranslations } from 'next-intl/server';
import { loadStep } from '@/app/(setup)/onboarding/load-step';
import { EndedReturn } from '@/components/billing/confirm-return';
import { readReturn } from '@/components/billing/payment-return';
import { planPrice } from '@/components/billing/plan-price';
import { Steps } from '@/components/setup/steps';
import { cameFrom } from '@/components/setup/upgrade';
import { ClientWords } from '@/components/words/client-words';
import { titled } from '@/components/words/titled';
import { wordsIn } from '@/i18n/words';
import { allowedFact, type Limits, PLAN_TERMS, PLANS, type Plan } from '@/server/domains/plans/plans';
import { TOPIC_SLUGS, topicName } from '@/server/domains/topics/catalogue';
import { type Fact, fact } from '@/server/foundation/facts';
import { Paid } from './paid';
import { PlanForm } from './plan-form';

export const generateMetadata = titled('setupPlan');

/** Returns the limits that distinguish the plans. Topics are listed by name if the plan does not include all of them. */
function planFacts(plan: Plan): Fact[] {
  const { limits, topics } = PLAN_TERMS[plan];
  const limit = (name: keyof Limits) => allowedFact(name, limits[name]);
  return [
    limit('connections'),
    topics.length < TOPIC_SLUGS.length
      ? fact('plans.notes.topics', { topics: { list: topics.map(topicName) } })
      : fact('plans.notes.allTopics'),
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
  const { say } = wordsIn(locale);
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
            points: planFacts(plan).map(say),
          }))}
        />
      </ClientWords>
    </>
  );
}
