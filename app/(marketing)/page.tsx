import type { Metadata } from 'next';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { CalendarPiece } from './_pieces/calendar';
import { Faq } from './_pieces/faq';
import { HomePiece } from './_pieces/home';
import { LedgerPiece } from './_pieces/ledger';
import { SHOWN_PLANS, workingPlatforms } from './_pieces/plans';
import { TodoPiece } from './_pieces/todo';

export const metadata: Metadata = {
  title: { absolute: 'Tributary: all your income streams in one place' },
};

const PROMISES = [
  {
    title: 'Nothing is posted twice on a guess',
    text: 'When a platform does not answer, Tributary looks whether the post is there before it sends again. If the platform cannot say, you are asked.',
  },
  {
    title: 'Money is booked, not added up on the side',
    text: 'Every sale, fee, refund and cost is one balanced entry in a double-entry ledger. Totals come from there and from nowhere else.',
  },
  {
    title: 'Your tokens stay sealed',
    text: 'Access to your accounts is encrypted and only opened at the moment of a call. You can disconnect an account at any time.',
  },
  {
    title: 'It says what it is',
    text: 'Estimates are called estimates. Drafts that were not written by a language model say so. The sandbox says sandbox.',
  },
] as const;

const FAQ = [
  {
    q: 'Which platforms work?',
    a: `${new Intl.ListFormat('en').format(workingPlatforms('agency'))}. LinkedIn and YouTube are part of the paid plans, but this version has no connection to them.`,
  },
  {
    q: 'Do I need an AI key?',
    a: 'No. Without one, an offline drafter writes simple drafts from your words, and labels them as such. With a key for Mistral, Groq, OpenAI or any server that speaks the same protocol, drafts come from that model and their cost is booked in the ledger.',
  },
  {
    q: 'Will it post without asking me?',
    a: 'Only if you choose so. The default is that you review each post first. You decide what happens at the deadline: it goes out, it is dropped, or it stays on hold.',
  },
  {
    q: 'Can it lower my prices without limit?',
    a: 'No. Each product has a floor, each rule has a step and a waiting time, and each change says which figures it rests on.',
  },
  {
    q: 'What is the sandbox?',
    a: 'Stand-ins for X, Facebook, Etsy and Stripe that run on your own machine, so that you can try everything without an account anywhere. Connections to the sandbox are marked, and nothing there reaches a real platform.',
  },
] as const;

/** A part of the page. `beside` puts what it holds at the right of its heading on a wide screen. */
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
  return (
    <>
      <section className="mx-auto grid max-w-6xl items-center gap-12 px-4 py-14 sm:px-6 sm:py-20 lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)] lg:gap-16">
        <div>
          <h1 className="font-semibold text-4xl leading-[1.1] tracking-tight sm:text-5xl">
            All your income streams, run from one place
          </h1>
          <p className="mt-5 max-w-xl text-lg text-muted-foreground">
            Tributary writes and publishes your posts, lists what you sell, follows every sale and fee to the
            cent, and asks you only when it needs a person.
          </p>
          <div className="mt-8 flex flex-wrap gap-3">
            <Button asChild size="lg">
              <Link href="/register" prefetch={false}>
                Create a free account
              </Link>
            </Button>
            <Button asChild size="lg" variant="outline">
              <Link href="/pricing">See prices</Link>
            </Button>
          </div>
          <p className="mt-4 text-muted-foreground text-sm">
            The Free plan needs no card. The source is open, and you can run it yourself.
          </p>
        </div>
        <HomePiece />
      </section>

      <Section
        title="What it does"
        lead="Three questions come up every day: is the money coming in, is anything waiting for me, what goes out next. Home answers all three, and each answer opens to its rows."
      >
        <div className="grid gap-12">
          <Feature
            title="One list of what needs you"
            text="Approvals and things only a person can do stand in one list, with a deadline and what happens when it passes."
            points={[
              'Approve from the app, or with one click from the e-mail',
              'Nothing else in the app asks for attention',
              'You choose: review each post first, or let it go out',
            ]}
            piece={<TodoPiece />}
          />
          <Feature
            title="Money that adds up"
            text="Sales and fees are read from your shop every hour and booked in a double-entry ledger. Every figure opens to the rows that make it."
            points={[
              'Gross, fees and what is left, in each currency',
              'Prices step down by your rule when people look but do not buy, never below your floor',
              'A report for each month, as a PDF',
            ]}
            piece={<LedgerPiece />}
          />
          <Feature
            title="Posts that go out when they should"
            text="Write once, in your own words or from a draft, and get a version for each platform within its limits. Schedule it in your own time zone."
            points={[
              'Characters left are shown as the platform counts them',
              'A clock change that skips or repeats an hour is explained',
              'Each post ends with its link, or with what went wrong and what to do',
            ]}
            piece={<CalendarPiece />}
          />
        </div>
      </Section>

      <Section title="What you can rely on" beside>
        <dl className="grid gap-x-10 gap-y-8 sm:grid-cols-2">
          {PROMISES.map(({ title, text }) => (
            <div key={title} className="border-border border-t pt-4">
              <dt className="font-medium">{title}</dt>
              <dd className="mt-1 text-muted-foreground">{text}</dd>
            </div>
          ))}
        </dl>
      </Section>

      <Section
        title="Prices"
        lead="By the month, in US dollars. Every plan has every part of the product; they differ in how much."
      >
        <ul className="grid gap-4 sm:grid-cols-3">
          {SHOWN_PLANS.map((plan) => (
            <li key={plan.id} className="rounded-lg border border-border bg-card p-5">
              <h3 className="font-medium">{plan.name}</h3>
              <p className="mt-1 text-muted-foreground text-sm">
                <span className="tabular font-semibold text-2xl text-foreground tracking-tight">
                  {plan.price}
                </span>{' '}
                a month
              </p>
              <p className="mt-3 text-muted-foreground text-sm">{plan.audience}</p>
            </li>
          ))}
        </ul>
        <Button asChild variant="outline" className="mt-6">
          <Link href="/pricing">Compare the plans</Link>
        </Button>
      </Section>

      <Section
        id="self-hosting"
        beside
        title="Run it yourself"
        lead="Tributary is free software under the Apache License 2.0. On your own machine it needs Node.js and nothing else: the database, the background work and the sandbox come with it."
      >
        <pre className="overflow-x-auto rounded-lg border border-border bg-card p-4 font-mono text-sm leading-6">
          <code>
            <span className="select-none text-muted-foreground">$ </span>npm start
          </code>
        </pre>
        <ul className="mt-6 grid gap-2">
          {[
            'Starts with a demo workspace, so there is something to look at',
            'Moves to PostgreSQL, Inngest, Stripe and Resend by settings alone',
            'For the real platforms you register your own apps with them',
          ].map((point) => (
            <li key={point} className="flex gap-3">
              <span aria-hidden className="mt-3 h-px w-3 shrink-0 bg-accent" />
              {point}
            </li>
          ))}
        </ul>
      </Section>

      <Section title="Questions" beside>
        <Faq items={FAQ} />
      </Section>
    </>
  );
}
