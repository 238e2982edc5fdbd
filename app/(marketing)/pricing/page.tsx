import { Check } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { ScrollBox } from '@/components/ui/scroll-box';
import { Faq } from '../_pieces/faq';
import { SHOWN_PLANS } from '../_pieces/plans';

export const metadata: Metadata = {
  title: 'Pricing',
  description: 'Free, Pro and Agency: what each plan costs and allows.',
};

const EVERY_PLAN = [
  'Drafts for each platform within its limits',
  'Scheduling in your own time zone',
  'Approvals in the app and by e-mail',
  'Double-entry ledger with sales, fees and refunds',
  'Price rules with a floor',
  'Monthly reports as PDF',
] as const;

/** The first limits stand on each plan's card; all of them are in the table. */
const ON_THE_CARD = 4;

const FAQ = [
  {
    q: 'How do I pay?',
    a: 'By card, through Stripe, once a month. We never see the card number.',
  },
  {
    q: 'How do I cancel?',
    a: 'In the settings, under Billing. The plan stays until the end of the month that you have paid for, then the workspace is on Free.',
  },
  {
    q: 'What happens to my data on a smaller plan?',
    a: 'It stays. Nothing is deleted and everything can be read; you can add no more than the smaller plan allows.',
  },
  {
    q: 'What counts as a draft?',
    a: 'One version for one platform, written by a language model or by the offline drafter. What you write yourself is not counted.',
  },
  {
    q: 'When does a day or a month begin?',
    a: 'At midnight in your workspace’s own time zone. Posts are counted on the day on which they go out.',
  },
] as const;

export default function PricingPage() {
  const [first] = SHOWN_PLANS;
  return (
    <div className="mx-auto max-w-6xl px-4 py-14 sm:px-6 sm:py-20">
      <h1 className="font-semibold text-3xl tracking-tight sm:text-4xl">Pricing</h1>
      <p className="mt-3 max-w-2xl text-lg text-muted-foreground">
        Every plan has every part of the product. They differ in how many accounts, posts, products and people
        they allow.
      </p>

      <ul className="mt-10 grid gap-4 lg:grid-cols-3">
        {SHOWN_PLANS.map((plan) => (
          <li
            key={plan.id}
            className={cn(
              'flex flex-col rounded-lg border bg-card p-6',
              plan.id === 'pro' ? 'border-accent' : 'border-border',
            )}
          >
            <h2 className="font-semibold text-lg">{plan.name}</h2>
            <p className="mt-2 text-muted-foreground">
              <span className="tabular font-semibold text-4xl text-foreground tracking-tight">
                {plan.price}
              </span>{' '}
              a month
            </p>
            <p className="mt-3 text-muted-foreground text-sm lg:min-h-10">{plan.audience}</p>
            <dl className="mt-5 mb-6 grid gap-2 border-border border-t pt-5 text-sm">
              {plan.limits.slice(0, ON_THE_CARD).map(({ label, value }) => (
                <div key={label} className="flex justify-between gap-4">
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
                {plan.id === 'free' ? 'Create a free account' : `Start with ${plan.name}`}
              </Link>
            </Button>
          </li>
        ))}
      </ul>

      <section className="mt-16">
        <h2 className="font-semibold text-2xl tracking-tight">Side by side</h2>
        <ScrollBox label="Plans side by side" className="mt-6 border border-border bg-card">
          <table className="w-full min-w-[40rem] text-sm">
            <thead>
              <tr className="border-border border-b text-left">
                <th scope="col" className="p-4 font-medium text-muted-foreground">
                  What you get
                </th>
                {SHOWN_PLANS.map((plan) => (
                  <th key={plan.id} scope="col" className="p-4 font-semibold">
                    {plan.name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody className="divide-y divide-border">
              {first?.limits.map(({ label }, row) => (
                <tr key={label}>
                  <th scope="row" className="p-4 text-left font-normal text-muted-foreground">
                    {label}
                  </th>
                  {SHOWN_PLANS.map((plan) => (
                    <td key={plan.id} className="tabular p-4">
                      {plan.limits[row]?.value}
                    </td>
                  ))}
                </tr>
              ))}
              <tr>
                <th scope="row" className="p-4 text-left align-top font-normal text-muted-foreground">
                  Platforms
                </th>
                {SHOWN_PLANS.map((plan) => (
                  <td key={plan.id} className="p-4 align-top">
                    {plan.platforms}
                  </td>
                ))}
              </tr>
              <tr>
                <th scope="row" className="p-4 text-left align-top font-normal text-muted-foreground">
                  Choice of topics
                </th>
                {SHOWN_PLANS.map((plan) => (
                  <td key={plan.id} className="p-4 align-top">
                    {plan.topics}
                  </td>
                ))}
              </tr>
              {EVERY_PLAN.map((what) => (
                <tr key={what}>
                  <th scope="row" className="p-4 text-left font-normal text-muted-foreground">
                    {what}
                  </th>
                  {SHOWN_PLANS.map((plan) => (
                    <td key={plan.id} className="p-4">
                      <Check aria-hidden className="size-4 text-accent" />
                      <span className="sr-only">Yes</span>
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollBox>
        <p className="mt-3 text-muted-foreground text-sm">
          LinkedIn and YouTube belong to the paid plans; this version has no connection to them. Prices are in
          US dollars, without tax.
        </p>
      </section>

      <section className="mt-16 grid gap-8 lg:grid-cols-[minmax(0,1fr)_minmax(0,2fr)]">
        <h2 className="font-semibold text-2xl tracking-tight">Questions about paying</h2>
        <Faq items={FAQ} />
      </section>

      <section className="mt-16 rounded-lg border border-border bg-card p-6">
        <h2 className="font-semibold text-lg">Or run it yourself</h2>
        <p className="mt-1 max-w-2xl text-muted-foreground">
          The source is open under the Apache License 2.0. On your own machine you pay nobody, and you decide
          the limits.{' '}
          <Link href="/#self-hosting" className="text-foreground underline underline-offset-4">
            How that works
          </Link>
        </p>
      </section>
    </div>
  );
}
