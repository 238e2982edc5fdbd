import type { Metadata } from 'next';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { getTranslations } from 'next-intl/server';
import type { ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { CalendarPiece } from './_pieces/calendar';
import { Faq } from './_pieces/faq';
import { HomePiece } from './_pieces/home';
import { LedgerPiece } from './_pieces/ledger';
import { useShownPlans } from './_pieces/plans';
import { TodoPiece } from './_pieces/todo';

export const generateMetadata = async (): Promise<Metadata> => ({
  title: { absolute: (await getTranslations('pages'))('landing') },
});

const PROMISES = ['once', 'booked', 'sealed', 'honest'] as const;
const QUESTIONS = ['key', 'asking', 'floor', 'sandbox'] as const;
const SELF_HOSTING = ['demo', 'settings', 'apps'] as const;

/** A section of the page. `beside` puts its content to the right of its heading on a wide screen. */
function Section({
  title,
  lead,
  children,
  id,
  beside = false,
}: {
  title: string;
  lead?: string;
  children: ReactNode;
  id?: string;
  beside?: boolean;
}) {
  return (
    <section id={id} className="border-border border-t">
      <div
        className={cn(
          'mx-auto max-w-6xl px-4 py-14 sm:px-6 sm:py-16',
          beside && 'lg:grid lg:grid-cols-[minmax(0,5fr)_minmax(0,7fr)] lg:gap-16',
        )}
      >
        <div>
          <h2 className="font-semibold text-2xl tracking-tight sm:text-3xl">{title}</h2>
          {lead ? <p className="mt-3 max-w-2xl text-muted-foreground">{lead}</p> : null}
        </div>
        <div className={cn('mt-8', beside && 'lg:mt-0')}>{children}</div>
      </div>
    </section>
  );
}

function Feature({
  title,
  text,
  points,
  piece,
}: {
  title: string;
  text: string;
  points: readonly string[];
  piece: ReactNode;
}) {
  return (
    <div className="grid items-start gap-6 border-border border-t pt-8 lg:grid-cols-[minmax(0,5fr)_minmax(0,7fr)] lg:gap-16">
      <div>
        <h3 className="font-semibold text-xl tracking-tight">{title}</h3>
        <p className="mt-2 text-muted-foreground">{text}</p>
        <ul className="mt-4 grid gap-2">
          {points.map((point) => (
            <li key={point} className="flex gap-3">
              <span aria-hidden className="mt-3 h-px w-3 shrink-0 bg-accent" />
              {point}
            </li>
          ))}
        </ul>
      </div>
      {piece}
    </div>
  );
}

export default function LandingPage() {
  const t = useTranslations('marketing.landing');
  const words = useTranslations('marketing.plans');
  const plans = useShownPlans();
  const widest = plans.find((plan) => plan.id === 'agency');
  return (
    <>
      <section className="mx-auto grid max-w-6xl items-center gap-12 px-4 py-14 sm:px-6 sm:py-20 lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)] lg:gap-16">
        <div>
          <h1 className="font-semibold text-4xl leading-[1.1] tracking-tight sm:text-5xl">
            {t('hero.title')}
          </h1>
          <p className="mt-5 max-w-xl text-lg text-muted-foreground">{t('hero.text')}</p>
          <div className="mt-8 flex flex-wrap gap-3">
            <Button asChild size="lg">
              <Link href="/register" prefetch={false}>
                {t('hero.register')}
              </Link>
            </Button>
            <Button asChild size="lg" variant="outline">
              <Link href="/pricing">{t('hero.prices')}</Link>
            </Button>
          </div>
          <p className="mt-4 text-muted-foreground text-sm">{t('hero.note')}</p>
        </div>
        <HomePiece />
      </section>

      <Section title={t('features.title')} lead={t('features.lead')}>
        <div className="grid gap-12">
          <Feature
            title={t('features.todo.title')}
            text={t('features.todo.text')}
            points={[t('features.todo.approve'), t('features.todo.quiet'), t('features.todo.choice')]}
            piece={<TodoPiece />}
          />
          <Feature
            title={t('features.money.title')}
            text={t('features.money.text')}
            points={[t('features.money.figures'), t('features.money.prices'), t('features.money.report')]}
            piece={<LedgerPiece />}
          />
          <Feature
            title={t('features.posts.title')}
            text={t('features.posts.text')}
            points={[t('features.posts.characters'), t('features.posts.clock'), t('features.posts.outcome')]}
            piece={<CalendarPiece />}
          />
        </div>
      </Section>

      <Section title={t('promises.title')} beside>
        <dl className="grid gap-x-10 gap-y-8 sm:grid-cols-2">
          {PROMISES.map((promise) => (
            <div key={promise} className="border-border border-t pt-4">
              <dt className="font-medium">{t(`promises.${promise}.title`)}</dt>
              <dd className="mt-1 text-muted-foreground">{t(`promises.${promise}.text`)}</dd>
            </div>
          ))}
        </dl>
      </Section>

      <Section title={t('prices.title')} lead={t('prices.lead')}>
        <ul className="grid gap-4 sm:grid-cols-3">
          {plans.map((plan) => (
            <li key={plan.id} className="rounded-lg border border-border bg-card p-5">
              <h3 className="font-medium">{plan.name}</h3>
              <p className="mt-1 text-muted-foreground text-sm">
                {words.rich('monthly', {
                  price: () => (
                    <span className="tabular font-semibold text-2xl text-foreground tracking-tight">
                      {plan.price}
                    </span>
                  ),
                })}
              </p>
              <p className="mt-3 text-muted-foreground text-sm">{plan.audience}</p>
            </li>
          ))}
        </ul>
        <Button asChild variant="outline" className="mt-6">
          <Link href="/pricing">{t('prices.compare')}</Link>
        </Button>
      </Section>

      <Section id="self-hosting" beside title={t('selfHosting.title')} lead={t('selfHosting.lead')}>
        <pre className="overflow-x-auto rounded-lg border border-border bg-card p-4 font-mono text-sm leading-6">
          <code>
            <span className="select-none text-muted-foreground">$ </span>npm start
          </code>
        </pre>
        <ul className="mt-6 grid gap-2">
          {SELF_HOSTING.map((point) => (
            <li key={point} className="flex gap-3">
              <span aria-hidden className="mt-3 h-px w-3 shrink-0 bg-accent" />
              {t(`selfHosting.${point}`)}
            </li>
          ))}
        </ul>
      </Section>

      <Section title={t('questions.title')} beside>
        <Faq
          items={[
            {
              id: 'platforms',
              q: t('questions.platforms.q'),
              a: t('questions.platforms.a', { platforms: widest?.platforms ?? '' }),
            },
            ...QUESTIONS.map((id) => ({ id, q: t(`questions.${id}.q`), a: t(`questions.${id}.a`) })),
          ]}
        />
      </Section>
    </>
  );
}
