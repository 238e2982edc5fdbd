import { Check } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { ScrollBox } from '@/components/ui/scroll-box';
import { Faq } from '../_pieces/faq';
import { described } from '../_pieces/metadata';
import { useShownPlans } from '../_pieces/plans';

export const generateMetadata = described('pricing');

const EVERY_PLAN = ['drafts', 'schedule', 'approvals', 'ledger', 'rules', 'reports'] as const;

/** How many limits each plan's card shows; the table shows all of them. */
const ON_THE_CARD = 4;

const QUESTIONS = ['pay', 'cancel', 'data', 'draft', 'day'] as const;

export default function PricingPage() {
  const t = useTranslations('marketing.pricing');
  const words = useTranslations('marketing.plans');
  const plans = useShownPlans();
  const [first] = plans;
  return (
    <div className="mx-auto max-w-6xl px-4 py-14 sm:px-6 sm:py-20">
      <h1 className="font-semibold text-3xl tracking-tight sm:text-4xl">{t('title')}</h1>
      <p className="mt-3 max-w-2xl text-lg text-muted-foreground">{t('lead')}</p>

      <ul className="mt-10 grid gap-4 lg:grid-cols-3">
        {plans.map((plan) => (
          <li
            key={plan.id}
            className={cn(
              'flex flex-col rounded-lg border bg-card p-6',
              plan.id === 'pro' ? 'border-accent' : 'border-border',
            )}
          >
            <h2 className="font-semibold text-lg">{plan.name}</h2>
            <p className="mt-2 text-muted-foreground">
              {words.rich('monthly', {
                price: () => (
                  <span className="tabular font-semibold text-4xl text-foreground tracking-tight">
                    {plan.price}
                  </span>
                ),
              })}
            </p>
            <p className="mt-3 text-muted-foreground text-sm lg:min-h-10">{plan.audience}</p>
            <dl className="mt-5 mb-6 grid gap-2 border-border border-t pt-5 text-sm">
              {plan.limits.slice(0, ON_THE_CARD).map(({ limit, label, value }) => (
                <div key={limit} className="flex justify-between gap-4">
                  <dt className="text-muted-foreground">{label}</dt>
                  <dd className="tabular font-medium">{value}</dd>
                </div>
              ))}
            </dl>
            <Button
              asChild
              size="lg"
              variant={plan.id === 'pro' ? 'default' : 'outline'}
              className="mt-auto w-full"
            >
              <Link href={plan.id === 'free' ? '/register' : `/register?plan=${plan.id}`} prefetch={false}>
                {plan.id === 'free' ? t('register') : t('start', { plan: plan.name })}
              </Link>
            </Button>
          </li>
        ))}
      </ul>

      <section className="mt-16">
        <h2 className="font-semibold text-2xl tracking-tight">{t('table.title')}</h2>
        <ScrollBox label={t('table.label')} className="mt-6 border border-border bg-card">
          <table className="w-full min-w-[40rem] text-sm">
            <thead>
              <tr className="border-border border-b text-left">
                <th scope="col" className="p-4 font-medium text-muted-foreground">
                  {t('table.what')}
                </th>
                {plans.map((plan) => (
                  <th key={plan.id} scope="col" className="p-4 font-semibold">
                    {plan.name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody className="divide-y divide-border">
              {first?.limits.map(({ limit, label }, row) => (
                <tr key={limit}>
                  <th scope="row" className="p-4 text-left font-normal text-muted-foreground">
                    {label}
                  </th>
                  {plans.map((plan) => (
                    <td key={plan.id} className="tabular p-4">
                      {plan.limits[row]?.value}
                    </td>
                  ))}
                </tr>
              ))}
              <tr>
                <th scope="row" className="p-4 text-left align-top font-normal text-muted-foreground">
                  {t('table.platforms')}
                </th>
                {plans.map((plan) => (
                  <td key={plan.id} className="p-4 align-top">
                    {plan.platforms}
                  </td>
                ))}
              </tr>
              <tr>
                <th scope="row" className="p-4 text-left align-top font-normal text-muted-foreground">
                  {t('table.topics')}
                </th>
                {plans.map((plan) => (
                  <td key={plan.id} className="p-4 align-top">
                    {plan.topics}
                  </td>
                ))}
              </tr>
              {EVERY_PLAN.map((what) => (
                <tr key={what}>
                  <th scope="row" className="p-4 text-left font-normal text-muted-foreground">
                    {t(`every.${what}`)}
                  </th>
                  {plans.map((plan) => (
                    <td key={plan.id} className="p-4">
                      <Check aria-hidden className="size-4 text-accent" />
                      <span className="sr-only">{t('table.yes')}</span>
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollBox>
        <p className="mt-3 text-muted-foreground text-sm">{t('table.note')}</p>
      </section>

      <section className="mt-16 grid gap-8 lg:grid-cols-[minmax(0,1fr)_minmax(0,2fr)]">
        <h2 className="font-semibold text-2xl tracking-tight">{t('questions.title')}</h2>
        <Faq items={QUESTIONS.map((id) => ({ id, q: t(`questions.${id}.q`), a: t(`questions.${id}.a`) }))} />
      </section>

      <section className="mt-16 rounded-lg border border-border bg-card p-6">
        <h2 className="font-semibold text-lg">{t('selfHosting.title')}</h2>
        <p className="mt-1 max-w-2xl text-muted-foreground">
          {t.rich('selfHosting.text', {
            link: (chunks) => (
              <Link href="/#self-hosting" className="text-foreground underline underline-offset-4">
                {chunks}
              </Link>
            ),
          })}
        </p>
      </section>
    </div>
  );
}
