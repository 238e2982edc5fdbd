import { notFound } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { isTrpcNotFound } from '@/components/trpc/not-found';
import { api } from '@/components/trpc/server';
import { Alert, AlertDescription, AlertTitle } from '@/components/ui/alert';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { Time } from '@/components/ui/time';
import { titled } from '@/components/words/titled';
import { Duration, RunLength, RunName, RunStatus } from '../words';

export const generateMetadata = titled('run');

/** One run: its start, duration, steps with their attempts, and errors. */
export default async function RunPage({ params }: { params: Promise<{ id: string }> }) {
  const [{ id }, caller, t] = await Promise.all([params, api(), getTranslations('runs')]);
  const run = await caller.runs.get({ id }).catch((error: unknown) => {
    if (isTrpcNotFound(error)) notFound();
    throw error;
  });
  const { timeZone: zone } = await caller.workspace.get();
  return (
    <>
      <PageHeader
        back={{ href: '/runs', label: t('detail.back') }}
        title={<RunName name={run.function} />}
        badge={<RunStatus status={run.status} />}
      />
      {run.error ? (
        <Alert variant={run.status === 'failed' ? 'destructive' : 'warning'} className="mb-4">
          <AlertTitle>{run.status === 'failed' ? t('detail.failed') : t('detail.triedAgain')}</AlertTitle>
          <AlertDescription dir="auto">{run.error}</AlertDescription>
        </Alert>
      ) : null}
      <dl className="mb-6 grid grid-cols-2 gap-4 text-sm sm:grid-cols-4">
        <Fact name={t('detail.started')}>
          <Time at={run.startedAt} zone={zone} />
        </Fact>
        <Fact name={t('detail.ended')}>
          {run.endedAt ? <Time at={run.endedAt} zone={zone} /> : t('notOver')}
        </Fact>
        <Fact name={t('detail.took')}>
          <RunLength run={run} />
        </Fact>
        <Fact name={t('detail.tries')}>{run.attempts}</Fact>
        <Fact name={t('detail.about')}>
          {run.subject ? <Id>{run.subject}</Id> : t('detail.aboutNothing')}
        </Fact>
        <Fact name={t('detail.number')}>
          <Id>{run.runId}</Id>
        </Fact>
      </dl>
      {run.steps.length === 0 ? (
        <EmptyState
          size="compact"
          title={t('detail.noSteps.title')}
          description={t('detail.noSteps.description')}
        />
      ) : (
        <Card className="p-0">
          <Table label={t('detail.steps')}>
            <TableHeader>
              <TableRow>
                <TableHead>{t('detail.step')}</TableHead>
                <TableHead>{t('detail.when')}</TableHead>
                <TableHead numeric>{t('detail.try')}</TableHead>
                <TableHead numeric>{t('detail.took')}</TableHead>
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
                  <TableCell numeric>
                    <Duration ms={step.ms} />
                  </TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        </Card>
      )}
    </>
  );
}

/** An id to look up in the logs. */
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
