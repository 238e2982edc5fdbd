import { Activity } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { api } from '@/components/trpc/server';
import { Button } from '@/components/ui/button';
import { CursorPages } from '@/components/ui/cursor-pages';
import { DataTable, PhoneLine } from '@/components/ui/data-table';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';
import { read } from '@/components/ui/search-params';
import { Time } from '@/components/ui/time';
import { runStatus } from '@/server/domains/runs/schemas';
import { timeCursor } from '@/server/foundation/inputs';
import { requireViewer } from '@/server/trpc/context';
import { isOperator } from '@/server/verbs/operators';
import { UnreadEvents } from './unread-events';
import { RunStatus, runLength, runName } from './words';

export const metadata: Metadata = { title: 'Runs' };

const FILTERS = [
  { status: undefined, label: 'All' },
  { status: 'running', label: 'Running' },
  { status: 'failed', label: 'Failed' },
  { status: 'completed', label: 'Done' },
] as const;

/** What the background work did: each run, how it went, and why it failed. */
export default async function RunsPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const [query, viewer, caller] = await Promise.all([searchParams, requireViewer(), api()]);
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
      <PageHeader title="Runs" description="What the background work did, step by step, newest first." />
      <nav aria-label="Filter runs" className="mb-4 flex flex-wrap gap-2">
        {FILTERS.map((filter) => (
          <Button
            key={filter.label}
            asChild
            size="sm"
            variant={filter.status === status ? 'secondary' : 'ghost'}
          >
            <Link
              href={filter.status ? `/runs?status=${filter.status}` : '/runs'}
              aria-current={filter.status === status ? 'page' : undefined}
            >
              {filter.label}
            </Link>
          </Button>
        ))}
      </nav>
      {items.length === 0 ? (
        <EmptyState
          icon={Activity}
          title={status || cursor ? 'No run matches' : 'Nothing has run yet'}
          description="When you schedule a post or sync a shop, the work shows here."
          action={
            <Button asChild variant="outline">
              <Link href="/compose">Write a post</Link>
            </Button>
          }
        />
      ) : (
        <DataTable
          label="Runs"
          rows={items}
          rowKey={(run) => run.id}
          columns={[
            {
              head: 'Work',
              className: 'min-w-40',
              cell: (run) => (
                <>
                  <Link
                    href={`/runs/${run.id}`}
                    className="inline-flex min-h-6 items-center font-medium hover:underline"
                  >
                    {runName(run.function)}
                  </Link>
                  {run.error ? (
                    <p className="line-clamp-1 wrap-anywhere text-muted-foreground text-xs" dir="auto">
                      {run.error}
                    </p>
                  ) : null}
                  <PhoneLine>
                    <Time at={run.startedAt} zone={zone} />, {runLength(run)}
                  </PhoneLine>
                </>
              ),
            },
            { head: 'State', cell: (run) => <RunStatus status={run.status} /> },
            {
              head: 'Started',
              wide: true,
              className: 'whitespace-nowrap',
              cell: (run) => <Time at={run.startedAt} zone={zone} />,
            },
            { head: 'Took', numeric: true, wide: true, cell: (run) => runLength(run) },
            { head: 'Tries', numeric: true, wide: true, cell: (run) => run.attempts },
          ]}
        />
      )}
      <CursorPages path="/runs" name="after" params={{ status }} cursor={cursor} nextCursor={nextCursor} />
      {system.length > 0 ? (
        <section className="mt-8 grid grid-cols-[minmax(0,1fr)] gap-3" aria-labelledby="system-runs">
          <h2 id="system-runs" className="font-medium text-base">
            The system’s own work
          </h2>
          <DataTable
            label="The system’s own work"
            rows={system}
            rowKey={(run) => run.id}
            columns={[
              {
                head: 'Work',
                cell: (run) => (
                  <>
                    {runName(run.function)}
                    <PhoneLine>
                      <Time at={run.startedAt} zone={zone} />, {runLength(run)}
                    </PhoneLine>
                  </>
                ),
              },
              { head: 'State', cell: (run) => <RunStatus status={run.status} /> },
              {
                head: 'Started',
                wide: true,
                className: 'whitespace-nowrap',
                cell: (run) => <Time at={run.startedAt} zone={zone} />,
              },
              { head: 'Took', numeric: true, wide: true, cell: (run) => runLength(run) },
            ]}
          />
        </section>
      ) : null}
      {unread.length > 0 ? <UnreadEvents events={unread} zone={zone} /> : null}
    </>
  );
}
