import { Activity } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { api } from '@/components/trpc/server';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { Time } from '@/components/ui/time';
import { runStatus } from '@/server/domains/runs/schemas';
import { requireViewer } from '@/server/trpc/context';
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
  const cursor =
    typeof query.after === 'string' && /^\d{1,15}\.\w+$/.test(query.after) ? query.after : undefined;
  const { timeZone: zone } = await caller.workspace.get();
  const { items, nextCursor } = await caller.runs.list({ status, cursor });
  const system = viewer.workspace.role === 'owner' && !cursor ? await caller.runs.system({ limit: 10 }) : [];
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
          title={status || cursor ? 'No run matches.' : 'Nothing has run yet.'}
          description="When you schedule a post or sync a shop, the work shows here."
          action={
            <Button asChild variant="outline">
              <Link href="/compose">Write a post</Link>
            </Button>
          }
        />
      ) : (
        <Card className="p-0">
          <Table label="Runs">
            <TableHeader>
              <TableRow>
                <TableHead>Work</TableHead>
                <TableHead>State</TableHead>
                <TableHead>Started</TableHead>
                <TableHead numeric>Took</TableHead>
                <TableHead numeric>Tries</TableHead>
              </TableRow>
            </TableHeader>
            <TableBody>
              {items.map((run) => (
                <TableRow key={run.id}>
                  <TableCell>
                    <Link href={`/runs/${run.id}`} className="font-medium hover:underline">
                      {runName(run.function)}
                    </Link>
                    {run.error ? (
                      <p className="line-clamp-1 wrap-anywhere text-muted-foreground text-xs" dir="auto">
                        {run.error}
                      </p>
                    ) : null}
                  </TableCell>
                  <TableCell>
                    <RunStatus status={run.status} />
                  </TableCell>
                  <TableCell>
                    <Time at={run.startedAt} zone={zone} />
                  </TableCell>
                  <TableCell numeric>{runLength(run)}</TableCell>
                  <TableCell numeric>{run.attempts}</TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        </Card>
      )}
      {nextCursor ? (
        <div className="mt-4 flex justify-center">
          <Button asChild variant="outline">
            <Link href={`/runs?${new URLSearchParams({ ...(status ? { status } : {}), after: nextCursor })}`}>
              Show older runs
            </Link>
          </Button>
        </div>
      ) : null}
      {system.length > 0 ? (
        <section className="mt-8 grid grid-cols-[minmax(0,1fr)] gap-3" aria-labelledby="system-runs">
          <h2 id="system-runs" className="font-medium text-base">
            The system’s own work
          </h2>
          <Card className="p-0">
            <Table label="The system’s own work">
              <TableHeader>
                <TableRow>
                  <TableHead>Work</TableHead>
                  <TableHead>State</TableHead>
                  <TableHead>Started</TableHead>
                  <TableHead numeric>Took</TableHead>
                </TableRow>
              </TableHeader>
              <TableBody>
                {system.map((run) => (
                  <TableRow key={run.id}>
                    <TableCell>{runName(run.function)}</TableCell>
                    <TableCell>
                      <RunStatus status={run.status} />
                    </TableCell>
                    <TableCell>
                      <Time at={run.startedAt} zone={zone} />
                    </TableCell>
                    <TableCell numeric>{runLength(run)}</TableCell>
                  </TableRow>
                ))}
              </TableBody>
            </Table>
          </Card>
        </section>
      ) : null}
    </>
  );
}
