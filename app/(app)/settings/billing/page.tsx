import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { getLocale, getTranslations } from 'next-intl/server';
import { ConfirmReturn, EndedReturn } from '@/components/billing/confirm-return';
import { readReturn } from '@/components/billing/payment-return';
import { type PlanCard, PlanCards, SubscriptionActions } from '@/components/billing/plan-cards';
import { planPrice } from '@/components/billing/plan-price';
import { api } from '@/components/trpc/server';
import { Alert } from '@/components/ui/alert';
import { Badge } from '@/components/ui/badge';
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card';
import { DataTable, PhoneLine } from '@/components/ui/data-table';
import { Money } from '@/components/ui/money';
import { Progress } from '@/components/ui/progress';
import { Time } from '@/components/ui/time';
import { ClientWords } from '@/components/words/client-words';
import { titled } from '@/components/words/titled';
import { wordsIn } from '@/i18n/words';
import { allowedFact, amountFact, LIMITS_SHOWN, PLAN_TERMS, PLANS } from '@/server/domains/plans/plans';
import type { Words } from '@/server/foundation/facts';

type ShownPayment = Awaited<ReturnType<Awaited<ReturnType<typeof api>>['billing']['payments']>>[number];

export const generateMetadata = titled('billing');

function planCards({ locale, say }: Words): PlanCard[] {
  return PLANS.map((plan) => ({
    plan,
    name: PLAN_TERMS[plan].name,
    price: planPrice(plan, locale),
    points: LIMITS_SHOWN.map((limit) => say(allowedFact(limit, PLAN_TERMS[plan].limits[limit]))),
  }));
}

function Payments({ payments, zone }: { payments: ShownPayment[]; zone: string }) {
  const t = useTranslations('billing.page.payments');
  return (
    <section aria-labelledby="payments" className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <div className="grid gap-1">
        <h2 id="payments" className="font-semibold text-base">
          {t('title')}
        </h2>
        <p className="text-muted-foreground text-sm">{t('description')}</p>
      </div>
      <DataTable
        label={t('title')}
        rows={payments}
        rowKey={(payment) => payment.id}
        columns={[
          {
            head: t('when'),
            wide: true,
            className: 'whitespace-nowrap',
            cell: (payment) => <Time at={payment.at} zone={zone} style="date" />,
          },
          {
            head: t('what'),
            cell: (payment) => (
              <>
                <span className="flex flex-wrap items-center gap-x-2">
                  <Link
                    href={`/ledger/${payment.id}`}
                    className="wrap-anywhere inline-flex min-h-6 items-center hover:underline"
                  >
                    {payment.description.text}
                  </Link>
                  {payment.open ? (
                    <Badge variant="outline" title={t(`openHelp.${payment.open}`)}>
                      {t(`open.${payment.open}`)}
                    </Badge>
                  ) : null}
                </span>
                <PhoneLine>
                  <Time at={payment.at} zone={zone} style="date" />
                </PhoneLine>
              </>
            ),
          },
          {
            head: t('amount'),
            numeric: true,
            cell: (payment) => <Money amount={payment.amount} currency={payment.currency} signed />,
          },
        ]}
      />
    </section>
  );
}

export default async function BillingPage({
  searchParams,
}: {
  searchParams: Promise<{ checkout?: string | string[] }>;
}) {
  const caller = await api();
  const [billing, payments, workspace, { checkout }, t, locale] = await Promise.all([
    caller.billing.summary(),
    caller.billing.payments(),
    caller.workspace.get(),
    searchParams,
    getTranslations('billing.page'),
    getLocale(),
  ]);
  const words = wordsIn(locale);
  const { say } = words;
  const { ended, returned: came } = readReturn(checkout);
  const returned = billing.canManage ? came : null;
  const end = billing.currentPeriodEnd;
  const date = () => (end ? <Time at={end} zone={workspace.timeZone} style="date" /> : null);
  return (
    <ClientWords of={['billing']}>
      <div className="grid gap-6">
        {ended ? <EndedReturn ended={ended} /> : null}
        {returned ? <ConfirmReturn returned={returned} path="/settings/billing" /> : null}
        {billing.status === 'past_due' || billing.status === 'unpaid' ? (
          <Alert variant="warning" title={t('paymentFailed.title')}>
            {billing.status === 'unpaid' ? t('paymentFailed.unpaid') : t('paymentFailed.pastDue')}
          </Alert>
        ) : null}
        {billing.environment === null ? (
          <Alert title={t('noPayments.title')}>{t('noPayments.text')}</Alert>
        ) : null}
        {billing.environment === 'sandbox' ? (
          <Alert title={t('sandbox.title')}>{t('sandbox.text')}</Alert>
        ) : null}

        <Card>
          <CardHeader>
            <CardTitle>{t('plan', { plan: PLAN_TERMS[billing.plan].name })}</CardTitle>
            <CardDescription>
              {!billing.hasSubscription
                ? billing.plan === 'free'
                  ? t('free')
                  : t('noSubscription')
                : billing.cancelAtPeriodEnd
                  ? t.rich('ends', { date })
                  : t.rich('nextPayment', { date })}
            </CardDescription>
          </CardHeader>
          <CardContent className="grid gap-6">
            <ul className="grid gap-x-8 gap-y-4 sm:grid-cols-2">
              {LIMITS_SHOWN.map((limit) => {
                const { used, allowed } = billing.usage[limit];
                const shown = {
                  used: say(amountFact(limit, used)),
                  allowed: say(amountFact(limit, allowed ?? 0)),
                };
                return (
                  <li key={limit} className="grid content-start gap-1.5">
                    <div className="flex justify-between gap-4 text-sm">
                      <span>{t(`limits.${limit}`)}</span>
                      <span className="tabular">
                        {allowed === null
                          ? t('usage.unlimited', { used: shown.used })
                          : t('usage.limited', shown)}
                      </span>
                    </div>
                    {allowed === null ? null : (
                      <Progress
                        value={used}
                        max={allowed}
                        label={t('usage.label', { limit: t(`limits.${limit}`), ...shown })}
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
                until={end ? { at: end.toISOString(), zone: workspace.timeZone } : null}
              />
            ) : null}
            {billing.canManage ? null : <p className="text-muted-foreground text-sm">{t('ownerOnly')}</p>}
          </CardContent>
        </Card>
        {billing.environment ? (
          <PlanCards
            plans={planCards(words)}
            current={billing.plan}
            subscribed={billing.hasSubscription}
            canManage={billing.canManage}
            paying={returned?.from === 'checkout'}
          />
        ) : null}
        {payments.length > 0 ? <Payments payments={payments} zone={workspace.timeZone} /> : null}
      </div>
    </ClientWords>
  );
}
