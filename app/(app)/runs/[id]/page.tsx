import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { isTrpcNotFound } from '@/components/trpc/not-found';
import { api } from '@/components/trpc/server';
import { Alert, AlertDescription, AlertTitle } from '@/components/ui/alert';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { Time } from '@/components/ui/time';
import { duration, RunStatus, runLength, runName } from '../words';

export const metadata: Metadata = { title: 'Run' };

/** One run: when, how long, its steps with their tries, and what went wrong. */
export default async function RunPage({ params }: { params: Promise<{ id: string }> }) {
  const [{ id }, caller] = await Promise.all([params, api()]);
  const run = await caller.runs.get({ id }).catch((error: unknown) => {
    if (isTrpcNotFound(error)) notFound();
    throw error;
  });
  const { timeZone: zone } = await caller.workspace.get();
  return (
    <>
      <PageHeader
        back={{ href: '/runs', label: 'Runs' }}
        title={runName(run.function)}
        badge={<RunStatus status={run.status} />}
      />
      {run.error ? (
        <Alert variant={run.status === 'failed' ? 'destructive' : 'warning'} className="mb-4">
          <AlertTitle>
            {run.status === 'failed' ? 'It failed' : 'The last try failed; it is tried again'}
          </AlertTitle>
          <AlertDescription dir="auto">{run.error}</AlertDescription>
        </Alert>
      ) : null}
      <dl className="mb-6 grid grid-cols-2 gap-4 text-sm sm:grid-cols-4">
        <Fact name="Started">
          <Time at={run.startedAt} zone={zone} />
        </Fact>
        <Fact name="Ended">{run.endedAt ? <Time at={run.endedAt} zone={zone} /> : 'Not over yet'}</Fact>
        <Fact name="Took">{runLength(run)}</Fact>
        <Fact name="Tries">{run.attempts}</Fact>
        <Fact name="About">{run.subject ? <Id>{run.subject}</Id> : 'Nothing in particular'}</Fact>
        <Fact name="Number">
          <Id>{run.runId}</Id>
        </Fact>
      </dl>
      {run.steps.length === 0 ? (
        <EmptyState size="compact" title="This work has no steps." description="It was done in one go." />
      ) : (
        <Card className="p-0">
          <Table label="Steps">
            <TableHeader>
              <TableRow>
                <TableHead>Step</TableHead>
                <TableHead>When</TableHead>
                <TableHead numeric>Try</TableHead>
                <TableHead numeric>Took</TableHead>
              </TableRow>
            </TableHeader>
            <TableBody>
              {run.steps.map((step) => (
                <TableRow key={`${step.at}-${step.name}-${step.attempt}`}>
                  <TableCell>
                    <span className="font-medium">{step.name}</span>
                    {step.error ? (
                      <p className="wrap-anywhere text-destructive text-xs" dir="auto">
                        {step.error}
                      </p>
                    ) : null}
                  </TableCell>
                  <TableCell>
                    <Time at={step.at} zone={zone} />
                  </TableCell>
                  <TableCell numeric>{step.attempt + 1}</TableCell>
                  <TableCell numeric>{duration(step.ms)}</TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        </Card>
      )}
    </>
  );
}

/** For whoever reads logs beside it. */
function Id({ children }: { children: string }) {
  return <code className="font-mono text-xs">{children}</code>;
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="grid gap-0.5">
      <dt className="text-muted-foreground text-xs">{name}</dt>
      <dd className="wrap-anywhere">{children}</dd>
    </div>
  );
}
