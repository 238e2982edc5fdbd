import type { Metadata } from 'next';
import { ConfirmReturn, EndedReturn } from '@/components/billing/confirm-return';
import { readReturn } from '@/components/billing/payment-return';
import { type PlanCard, PlanCards, SubscriptionActions } from '@/components/billing/plan-cards';
import { api } from '@/components/trpc/server';
import { Alert } from '@/components/ui/alert';
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card';
import { Progress } from '@/components/ui/progress';
import { formatInstant } from '@/components/ui/time';
import { amountOf, type Limits, PLAN_TERMS, PLANS } from '@/server/domains/plans/plans';
import { formatMoney, money } from '@/server/foundation/money';

export const metadata: Metadata = { title: 'Billing' };

const LABEL: Record<keyof Limits, string> = {
  connections: 'Connected accounts',
  topics: 'Topics',
  postsPerDay: 'Posts going out today',
  generationsPerMonth: 'Drafts written this month',
  products: 'Products',
  priceRules: 'Price rules',
  members: 'People',
  storageBytes: 'Room for files',
};
const SHORT: Record<keyof Limits, string> = {
  connections: 'connected accounts',
  topics: 'topics',
  postsPerDay: 'posts a day',
  generationsPerMonth: 'drafts a month',
  products: 'products',
  priceRules: 'price rules',
  members: 'people',
  storageBytes: 'for files',
};

const cards: PlanCard[] = PLANS.map((plan) => ({
  plan,
  name: PLAN_TERMS[plan].name,
  price: formatMoney(money(PLAN_TERMS[plan].monthlyPrice, 'USD')).replace('.00', ''),
  points: (Object.keys(SHORT) as (keyof Limits)[]).map((limit) => {
    const allowed = PLAN_TERMS[plan].limits[limit];
    return allowed === null
      ? `No limit on ${SHORT[limit]}`
      : `${amountOf(limit, allowed)} ${allowed === 1 ? SHORT[limit].replace('people', 'person').replace(/s$/, '') : SHORT[limit]}`;
  }),
}));

export default async function BillingPage({
  searchParams,
}: {
  searchParams: Promise<{ checkout?: string | string[] }>;
}) {
  const caller = await api();
  const [billing, workspace, { checkout }] = await Promise.all([
    caller.billing.summary(),
    caller.workspace.get(),
    searchParams,
  ]);
  const { ended, returned: came } = readReturn(checkout);
  const returned = billing.canManage ? came : null;
  const until = billing.currentPeriodEnd
    ? formatInstant(billing.currentPeriodEnd, workspace.timeZone, 'date')
    : null;
  return (
    <div className="grid gap-6">
      {ended ? <EndedReturn ended={ended} /> : null}
      {returned ? <ConfirmReturn returned={returned} path="/settings/billing" /> : null}
      {billing.status === 'past_due' || billing.status === 'unpaid' ? (
        <Alert variant="warning" title="The last payment did not go through">
          {billing.status === 'unpaid'
            ? 'The card was tried for the last time. Check the card and pay the open invoice under "Invoices and card" to get the plan back.'
            : 'Your plan stays as it is while the card is tried again. Check the card to keep it.'}
        </Alert>
      ) : null}
      {billing.environment === null ? (
        <Alert title="No payments on this installation">
          Whoever runs it can set up Stripe; see the configuration guide.
        </Alert>
      ) : null}
      {billing.environment === 'sandbox' ? (
        <Alert title="Payments go to the sandbox">
          Use the card 4242 4242 4242 4242. Nothing is charged.
        </Alert>
      ) : null}

      <Card>
        <CardHeader>
          <CardTitle>{PLAN_TERMS[billing.plan].name} plan</CardTitle>
          <CardDescription>
            {!billing.hasSubscription
              ? billing.plan === 'free'
                ? 'You pay nothing.'
                : 'This workspace has the plan without a subscription.'
              : billing.cancelAtPeriodEnd
                ? `The subscription ends on ${until}.`
                : `The next payment is on ${until}.`}
          </CardDescription>
        </CardHeader>
        <CardContent className="grid gap-6">
          <ul className="grid gap-x-8 gap-y-4 sm:grid-cols-2">
            {(Object.keys(LABEL) as (keyof Limits)[]).map((limit) => {
              const { used, allowed } = billing.usage[limit];
              return (
                <li key={limit} className="grid content-start gap-1.5">
                  <div className="flex justify-between gap-4 text-sm">
                    <span>{LABEL[limit]}</span>
                    <span className="tabular">
                      {amountOf(limit, used)}{' '}
                      {allowed === null ? '· no limit' : `of ${amountOf(limit, allowed)}`}
                    </span>
                  </div>
                  {allowed === null ? null : (
                    <Progress
                      value={used}
                      max={allowed}
                      label={`${LABEL[limit]}: ${amountOf(limit, used)} of ${amountOf(limit, allowed)}`}
                      tone={used >= allowed ? 'warning' : 'accent'}
                    />
                  )}
                </li>
              );
            })}
          </ul>
          {billing.canManage && (billing.hasSubscription || billing.status === 'canceled') ? (
            <SubscriptionActions
              cancelling={billing.cancelAtPeriodEnd}
              running={billing.hasSubscription}
              until={until}
            />
          ) : null}
          {billing.canManage ? null : (
            <p className="text-muted-foreground text-sm">An owner of the workspace can change the plan.</p>
          )}
        </CardContent>
      </Card>
      {billing.environment ? (
        <PlanCards
          plans={cards}
          current={billing.plan}
          subscribed={billing.hasSubscription}
          canManage={billing.canManage}
          paying={returned?.from === 'checkout'}
        />
      ) : null}
    </div>
  );
}
