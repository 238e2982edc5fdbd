import { Activity } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { getTranslations } from 'next-intl/server';
import { api } from '@/components/trpc/server';
import { Button } from '@/components/ui/button';
import { CursorPages } from '@/components/ui/cursor-pages';
import { DataTable, PhoneLine } from '@/components/ui/data-table';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';
import { read } from '@/components/ui/search-params';
import { Time } from '@/components/ui/time';
import { titled } from '@/components/words/titled';
import { runStatus } from '@/server/domains/runs/schemas';
import { timeCursor } from '@/server/foundation/inputs';
import { requireViewer } from '@/server/trpc/context';
import { isOperator } from '@/server/verbs/operators';
import { UnreadEvents } from './unread-events';
import { RunLength, RunName, RunStatus } from './words';

export const generateMetadata = titled('runs');

const FILTERS = ['all', 'running', 'failed', 'completed'] as const;

/** The background runs: their outcome, and the error of each failed one. */
export default async function RunsPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const [query, viewer, caller, t] = await Promise.all([
    searchParams,
    requireViewer(),
    api(),
    getTranslations('runs.list'),
  ]);
  const status = runStatus.safeParse(query.status).data;
  const cursor = read(timeCursor('jobRun'), query.after);
  const { timeZone: zone } = await caller.workspace.get();
  const { items, nextCursor } = await caller.runs.list({ status, cursor });
  const operates = isOperator(viewer) && !cursor;
  const [system, unread] = operates
    ? await Promise.all([caller.runs.system({ limit: 10 }), caller.billing.unreadEvents()])
    : [[], []];
  return (
    <>
      <PageHeader title={t('title')} description={t('description')} />
      <nav aria-label={t('filter.label')} className="mb-4 flex flex-wrap gap-2">
        {FILTERS.map((filter) => {
          const on = filter === (status ?? 'all');
          return (
            <Button key={filter} asChild size="sm" variant={on ? 'secondary' : 'ghost'}>
              <Link
                href={filter === 'all' ? '/runs' : `/runs?status=${filter}`}
                aria-current={on ? 'page' : undefined}
              >
                {t(`filter.${filter}`)}
              </Link>
            </Button>
          );
        })}
      </nav>
      {items.length === 0 ? (
        <EmptyState
          icon={Activity}
          title={status || cursor ? t('empty.filtered') : t('empty.title')}
          description={t('empty.description')}
          action={
            <Button asChild variant="outline">
              <Link href="/compose">{t('empty.write')}</Link>
            </Button>
          }
        />
      ) : (
        <DataTable
          label={t('title')}
          rows={items}
          rowKey={(run) => run.id}
          columns={[
            {
              head: t('columns.work'),
              className: 'min-w-40',
              cell: (run) => (
                <>
                  <Link
                    href={`/runs/${run.id}`}
                    className="inline-flex min-h-6 items-center font-medium hover:underline"
                  >
                    <RunName name={run.function} />
                  </Link>
                  {run.error ? (
                    <p className="line-clamp-1 wrap-anywhere text-muted-foreground text-xs" dir="auto">
                      {run.error}
                    </p>
                  ) : null}
                  <PhoneLine>
                    <TimeAndLength run={run} zone={zone} />
                  </PhoneLine>
                </>
              ),
            },
            { head: t('columns.state'), cell: (run) => <RunStatus status={run.status} /> },
            {
              head: t('columns.started'),
              wide: true,
              className: 'whitespace-nowrap',
              cell: (run) => <Time at={run.startedAt} zone={zone} />,
            },
            { head: t('columns.took'), numeric: true, wide: true, cell: (run) => <RunLength run={run} /> },
            { head: t('columns.tries'), numeric: true, wide: true, cell: (run) => run.attempts },
          ]}
        />
      )}
      <CursorPages path="/runs" name="after" params={{ status }} cursor={cursor} nextCursor={nextCursor} />
      {system.length > 0 ? (
        <section className="mt-8 grid grid-cols-[minmax(0,1fr)] gap-3" aria-labelledby="system-runs">
          <h2 id="system-runs" className="font-medium text-base">
            {t('system')}
          </h2>
          <DataTable
            label={t('system')}
            rows={system}
            rowKey={(run) => run.id}
            columns={[
              {
                head: t('columns.work'),
                cell: (run) => (
                  <>
                    <RunName name={run.function} />
                    <PhoneLine>
                      <TimeAndLength run={run} zone={zone} />
                    </PhoneLine>
                  </>
                ),
              },
              { head: t('columns.state'), cell: (run) => <RunStatus status={run.status} /> },
              {
                head: t('columns.started'),
                wide: true,
                className: 'whitespace-nowrap',
                cell: (run) => <Time at={run.startedAt} zone={zone} />,
              },
              { head: t('columns.took'), numeric: true, wide: true, cell: (run) => <RunLength run={run} /> },
            ]}
          />
        </section>
      ) : null}
      {unread.length > 0 ? <UnreadEvents events={unread} zone={zone} /> : null}
    </>
  );
}

function TimeAndLength({ run, zone }: { run: { startedAt: Date; endedAt: Date | null }; zone: string }) {
  const t = useTranslations('runs.list');
  return t.rich('timeAndLength', {
    time: () => <Time at={run.startedAt} zone={zone} />,
    length: () => <RunLength run={run} />,
  });
}
