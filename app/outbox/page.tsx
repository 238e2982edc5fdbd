import type { Metadata } from 'next';
import { headers } from 'next/headers';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { Logo } from '@/components/shell/logo';
import { Time } from '@/components/ui/time';
import { titled } from '@/components/words/titled';
import { getDb } from '@/db/client';
import { outboxExists, outboxReader } from '@/server/domains/emails/outbox-reader';
import { listOutbox, readOutbox } from '@/server/domains/emails/queries';
import { id as idOf } from '@/server/foundation/inputs';
import { getViewer } from '@/server/trpc/context';
import { NotForYou, WhatThisIs } from './notices';

export const generateMetadata = async (): Promise<Metadata> => ({
  ...(await titled('outbox')()),
  robots: { index: false },
  referrer: 'no-referrer',
});
export const dynamic = 'force-dynamic';

const PAGE = 50;
const one = (value: string | string[] | undefined) => (typeof value === 'string' ? value : undefined);

/** The e-mails of an installation that does not send any: all of them at the machine itself, only the user's own from elsewhere. */
export default async function OutboxPage({
  searchParams,
}: {
  searchParams: Promise<{ id?: string | string[]; before?: string | string[] }>;
}) {
  if (!outboxExists()) notFound();
  const reader = outboxReader(await headers(), (await getViewer())?.userId ?? null);
  const [query, t] = await Promise.all([searchParams, getTranslations('outbox')]);
  const id = one(query.id);
  // A malformed id matches no e-mail, and a malformed `before` restarts the list.
  const before = idOf('email').safeParse(query.before).data;
  const ctx = { db: await getDb() };
  const { items, total } = await listOutbox(ctx, { reader, before, limit: PAGE });
  const mail = id && idOf('email').safeParse(id).success ? await readOutbox(ctx, { reader, id }) : null;
  if (id && !mail && reader.kind !== 'nobody') notFound();
  const last = items.at(-1);
  return (
    <div className="mx-auto max-w-6xl px-4 py-5 text-sm sm:px-8">
      <header className="mb-6 flex items-center justify-between gap-4">
        <Link href="/" className="inline-flex min-h-6 items-center rounded-md">
          <Logo />
        </Link>
        <Link href="/home" className="inline-flex min-h-6 items-center underline-offset-4 hover:underline">
          {t('openApp')}
        </Link>
      </header>
      <main id="main">
        <h1 className="font-semibold text-xl tracking-tight">{t('title')}</h1>
        {reader.kind === 'nobody' ? (
          <NotForYou />
        ) : (
          <>
            <WhatThisIs own={reader.kind === 'own'} />
            <div className="grid items-start gap-6 md:grid-cols-[20rem_minmax(0,1fr)]">
              <section aria-label={t('emails')} className={mail ? 'max-md:order-2' : undefined}>
                {items.length === 0 ? (
                  <p className="text-muted-foreground">
                    {reader.kind === 'own' ? t('empty.own') : t('empty.all')}
                  </p>
                ) : (
                  <ul className="divide-y divide-border rounded-lg border border-border bg-card">
                    {items.map((item) => (
                      <li key={item.id}>
                        <Link
                          href={`/outbox?id=${item.id}${before ? `&before=${before}` : ''}`}
                          aria-current={item.id === id ? 'true' : undefined}
                          className="grid gap-0.5 px-4 py-3 hover:bg-muted aria-[current]:bg-accent-subtle"
                        >
                          <span className="truncate font-medium">{item.subject}</span>
                          <span className="truncate text-muted-foreground">{item.toAddress}</span>
                          <span className="tabular text-muted-foreground text-xs">
                            <Time at={item.createdAt} zone="UTC" showZone />
                          </span>
                        </Link>
                      </li>
                    ))}
                  </ul>
                )}
                <p className="mt-3 flex justify-between gap-4 text-muted-foreground">
                  <span className="tabular">{t('total', { count: total })}</span>
                  {items.length === PAGE && last ? (
                    <Link href={`/outbox?before=${last.id}`} className="underline underline-offset-4">
                      {t('older')}
                    </Link>
                  ) : null}
                </p>
              </section>
              {mail ? (
                <article className="min-w-0 rounded-lg border border-border bg-card">
                  <header className="grid gap-1 border-border border-b px-4 py-3">
                    <h2 className="wrap-anywhere font-semibold text-base">{mail.subject}</h2>
                    <p className="wrap-anywhere text-muted-foreground">
                      {t('to', { address: mail.toAddress })}
                    </p>
                  </header>
                  <iframe
                    title={t('frame', { subject: mail.subject })}
                    // No script, no form, no access to the app; links open in the whole window.
                    sandbox="allow-top-navigation-by-user-activation"
                    srcDoc={`<base target="_top">${mail.html.replaceAll('target="_blank"', 'target="_top"')}`}
                    className="h-[36rem] w-full rounded-b-lg bg-white"
                  />
                  <details className="border-border border-t px-4 py-3">
                    <summary className="cursor-pointer">{t('plain')}</summary>
                    <pre className="wrap-anywhere mt-3 whitespace-pre-wrap font-mono text-xs">
                      {mail.body}
                    </pre>
                  </details>
                </article>
              ) : items.length > 0 ? (
                <p className="text-muted-foreground max-md:hidden">{t('choose')}</p>
              ) : null}
            </div>
          </>
        )}
      </main>
    </div>
  );
}
