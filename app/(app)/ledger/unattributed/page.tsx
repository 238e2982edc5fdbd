import { CircleCheck, ListChecks } from 'lucide-react';
import Link from 'next/link';
import { getLocale, getTranslations } from 'next-intl/server';
import { SandboxBadge } from '@/components/listings/listing-state';
import { SettleEntry, TakeBackEntry } from '@/components/sales/settle-entry';
import { api } from '@/components/trpc/server';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card, CardContent, CardHeader, CardTitle } from '@/components/ui/card';
import { CursorPages } from '@/components/ui/cursor-pages';
import { EmptyState } from '@/components/ui/empty-state';
import { Money } from '@/components/ui/money';
import { monthName } from '@/components/ui/month-name';
import { PageHeader } from '@/components/ui/page-header';
import { href, read, type SearchParams } from '@/components/ui/search-params';
import { Time } from '@/components/ui/time';
import { ClientWords } from '@/components/words/client-words';
import { titled } from '@/components/words/titled';
import { ENTRY_MEANINGS } from '@/db/schema/states';
import { listEntriesInput } from '@/server/domains/sales/schemas';
import { month as monthType, timeCursor } from '@/server/foundation/inputs';
import { requireViewer } from '@/server/trpc/context';
import { viewerCan } from '@/server/verbs/context';

export const generateMetadata = titled('unattributed');

const LISTS = ['open', 'unattributed', 'attributed'] as const;

/** Lines of the platforms' accounts that could not be attributed when they came, as the platforms reported them. */
export default async function UnattributedPage({ searchParams }: { searchParams: SearchParams }) {
  const [viewer, caller, query, t, locale] = await Promise.all([
    requireViewer(),
    api(),
    searchParams,
    getTranslations('sales.entries'),
    getLocale(),
  ]);
  const cursor = read(timeCursor('unattributedEntry'), query.cursor);
  const show = read(listEntriesInput.shape.show, query.show) ?? 'open';
  const month = read(monthType(), query.month);
  const [page, workspace] = await Promise.all([
    caller.sales.entries({ show, month, cursor, limit: 25 }),
    caller.workspace.get(),
  ]);
  const canSettle = viewerCan(viewer, 'sales.sync');
  return (
    <ClientWords of={['sales']}>
      <PageHeader
        title={t('title')}
        description={t('description')}
        back={{ href: '/ledger', label: t('back') }}
      />
      <nav aria-label={t('lists.label')} className="mb-4 flex flex-wrap items-center gap-2">
        {LISTS.map((list) => (
          <Button key={list} asChild size="sm" variant={list === show ? 'secondary' : 'ghost'}>
            <Link
              href={href('/ledger/unattributed', { show: list === 'open' ? undefined : list, month })}
              aria-current={list === show ? 'page' : undefined}
            >
              {t(`lists.${list}`)}
            </Link>
          </Button>
        ))}
      </nav>
      {month ? (
        <p className="mb-4 flex flex-wrap items-center gap-x-2 text-muted-foreground">
          {t('ofMonth', { month: monthName(month, locale) })}
          <Button asChild variant="ghost" size="sm">
            <Link href={href('/ledger/unattributed', { show: show === 'open' ? undefined : show })}>
              {t('allMonths')}
            </Link>
          </Button>
        </p>
      ) : null}
      {page.items.length === 0 ? (
        show === 'attributed' ? (
          <EmptyState
            icon={ListChecks}
            title={t('empty.noneAttributed')}
            description={t('empty.attributedDescription')}
          />
        ) : (
          <EmptyState icon={CircleCheck} title={t('empty.title')} description={t('empty.description')} />
        )
      ) : (
        <ul className="grid gap-4">
          {page.items.map((entry) => (
            <li key={entry.id}>
              <Card>
                <CardHeader>
                  <CardTitle className="flex flex-wrap items-baseline justify-between gap-x-4">
                    <span className="flex min-w-0 flex-wrap items-baseline gap-x-2">
                      <span className="wrap-anywhere" dir="auto">
                        {entry.kind.text}
                      </span>
                      {entry.state === 'understood' ? (
                        <Badge variant="outline">{t('state.understood')}</Badge>
                      ) : null}
                    </span>
                    {entry.amount ? (
                      <Money value={entry.amount} />
                    ) : (
                      <span className="text-muted-foreground">{t('noAmount')}</span>
                    )}
                  </CardTitle>
                </CardHeader>
                <CardContent className="grid gap-3">
                  {entry.state === 'attributed' && entry.attributedAs ? (
                    <p>
                      {entry.remoteOrderId
                        ? t.rich('attributedTo', {
                            meaning: t(`meaning.${entry.attributedAs}`),
                            order: entry.remoteOrderId,
                            link: (words) => (
                              <Link
                                href={href('/orders', { order: entry.remoteOrderId ?? undefined })}
                                className="inline-flex min-h-6 items-center text-accent hover:underline"
                              >
                                {words}
                              </Link>
                            ),
                          })
                        : t('attributedAs', { meaning: t(`meaning.${entry.attributedAs}`) })}
                      {entry.canTakeBack ? null : ` ${t('byPlatform')}`}
                    </p>
                  ) : (
                    <p>{t(`reason.${entry.reason}`)}</p>
                  )}
                  <p className="flex flex-wrap items-center gap-x-2 text-muted-foreground text-xs">
                    <bdi>{entry.connectionName}</bdi> <SandboxBadge environment={entry.environment} />
                    <Time at={entry.occurredAt} zone={workspace.timeZone} showZone />
                    {entry.transactionId ? (
                      <Link
                        href={`/ledger/${entry.transactionId}`}
                        className="inline-flex min-h-6 items-center text-accent hover:underline"
                      >
                        {t('booked')}
                      </Link>
                    ) : null}
                  </p>
                  <details>
                    <summary className="min-h-6 cursor-pointer text-sm">{t('asReported')}</summary>
                    <pre className="mt-2 overflow-x-auto rounded-md bg-muted p-3 font-mono text-xs" dir="ltr">
                      {JSON.stringify(entry.raw, null, 2)}
                    </pre>
                  </details>
                  {canSettle && entry.canTakeBack ? (
                    <div>
                      <TakeBackEntry id={entry.id} />
                    </div>
                  ) : null}
                  {canSettle && entry.state === 'open' ? (
                    <SettleEntry
                      id={entry.id}
                      meaning={entry.meaning}
                      meanings={ENTRY_MEANINGS}
                      bookable={entry.amount !== null}
                    />
                  ) : null}
                </CardContent>
              </Card>
            </li>
          ))}
        </ul>
      )}
      <CursorPages
        path="/ledger/unattributed"
        params={{ show: show === 'open' ? undefined : show, month }}
        cursor={cursor}
        nextCursor={page.nextCursor}
      />
    </ClientWords>
  );
}
