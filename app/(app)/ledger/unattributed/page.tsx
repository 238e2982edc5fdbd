import { CircleCheck } from 'lucide-react';
import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { SandboxBadge } from '@/components/listings/listing-state';
import { SettleEntry } from '@/components/sales/settle-entry';
import { api } from '@/components/trpc/server';
import { Card, CardContent, CardHeader, CardTitle } from '@/components/ui/card';
import { CursorPages } from '@/components/ui/cursor-pages';
import { EmptyState } from '@/components/ui/empty-state';
import { Money } from '@/components/ui/money';
import { PageHeader } from '@/components/ui/page-header';
import { read, type SearchParams } from '@/components/ui/search-params';
import { Time } from '@/components/ui/time';
import { ClientWords } from '@/components/words/client-words';
import { titled } from '@/components/words/titled';
import { ENTRY_MEANINGS } from '@/db/schema/states';
import { timeCursor } from '@/server/foundation/inputs';
import { requireViewer } from '@/server/trpc/context';
import { viewerCan } from '@/server/verbs/context';

export const generateMetadata = titled('unattributed');

/** Lines of the platforms' accounts that nobody has attributed yet, as the platforms reported them. */
export default async function UnattributedPage({ searchParams }: { searchParams: SearchParams }) {
  const [viewer, caller, query, t] = await Promise.all([
    requireViewer(),
    api(),
    searchParams,
    getTranslations('sales.entries'),
  ]);
  const cursor = read(timeCursor('unattributedEntry'), query.cursor);
  const [page, workspace] = await Promise.all([
    caller.sales.entries({ cursor, limit: 25 }),
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
      {page.items.length === 0 ? (
        <EmptyState icon={CircleCheck} title={t('empty.title')} description={t('empty.description')} />
      ) : (
        <ul className="grid gap-4">
          {page.items.map((entry) => (
            <li key={entry.id}>
              <Card>
                <CardHeader>
                  <CardTitle className="flex flex-wrap items-baseline justify-between gap-x-4">
                    <span className="wrap-anywhere" dir="auto">
                      {entry.kind.text}
                    </span>
                    {entry.amount ? (
                      <Money value={entry.amount} />
                    ) : (
                      <span className="text-muted-foreground">{t('noAmount')}</span>
                    )}
                  </CardTitle>
                </CardHeader>
                <CardContent className="grid gap-3">
                  <p>{t(`reason.${entry.reason}`)}</p>
                  <p className="flex flex-wrap items-center gap-x-2 text-muted-foreground text-xs">
                    <bdi>{entry.connectionName}</bdi> <SandboxBadge environment={entry.environment} />
                    <Time at={entry.occurredAt} zone={workspace.timeZone} showZone />
                    <span className="wrap-anywhere">{t('number', { id: entry.remoteId })}</span>
                    {entry.reference ? (
                      <span className="wrap-anywhere">{t('refersTo', { reference: entry.reference })}</span>
                    ) : null}
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
                  {canSettle ? (
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
      <CursorPages path="/ledger/unattributed" params={{}} cursor={cursor} nextCursor={page.nextCursor} />
    </ClientWords>
  );
}
