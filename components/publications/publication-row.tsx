'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ExternalLink } from 'lucide-react';
import dynamic from 'next/dynamic';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { type ReactNode, useState } from 'react';
import { FollowUpLine } from '@/components/follow-ups/follow-up-line';
import { useUnlessLive } from '@/components/live/store';
import { platformName } from '@/components/platforms/catalogue';
import { useHold } from '@/components/posting/use-hold';
import { readAppError, type ShownError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import type { PublicationItem } from '@/components/trpc/outputs';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { ErrorState } from '@/components/ui/error-state';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Skeleton, SkeletonRows } from '@/components/ui/skeleton';
import { Time } from '@/components/ui/time';
import { toast } from '@/components/ui/toast';
import { useKeptFocus } from '@/components/ui/use-kept-focus';
import { MediaStatus } from './media-status';
import { ActionButton, type Panel, PanelButton } from './publication-buttons';
import { PublicationState } from './publication-state';
import { waitsUntil } from './refresh-interval';
import { ResultsLine } from './results-line';
import { PublicationProgress, PublicationStatusText } from './status-text';
import { followLabel, isPart, partName, threadInWords } from './threads';

const RescheduleForm = dynamic(() => import('./reschedule-form').then((m) => m.RescheduleForm), {
  loading: () => <Skeleton className="h-16" />,
});

/** One publication: where it goes, its progress, and the available actions. */
export function PublicationRow({
  publication: p,
  zone,
  canWrite,
  parts = [],
}: {
  publication: PublicationItem;
  zone: string;
  canWrite: boolean;
  /** The parts that follow it and already are publications, shown below it. */
  parts?: readonly PublicationItem[];
}) {
  const t = useTranslations('publications');
  const trpc = useTRPC();
  const queries = useQueryClient();
  const held = useHold();
  const keepsFocus = useKeptFocus<HTMLLIElement>(p.state);
  const [panel, setPanel] = useState<Panel>(null);
  const [error, setError] = useState<ShownError | null>(null);
  const settled = {
    onMutate: () => setError(null),
    onError: (cause: unknown) => setError(readAppError(cause)),
    onSuccess: () => setPanel(null),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: trpc.posts.pathKey() });
      void queries.invalidateQueries({ queryKey: trpc.publications.pathKey() });
      void queries.invalidateQueries({ queryKey: trpc.todo.pathKey() });
    },
  };
  const cancel = useMutation(
    trpc.publications.cancel.mutationOptions({
      ...settled,
      onSuccess: () => {
        setPanel(null);
        toast(t('row.cancelled'));
      },
    }),
  );
  /** A move or a retry may need an approval first. */
  const callbacks = {
    ...settled,
    onSuccess: (after: Pick<PublicationItem, 'state'>) => {
      setPanel(null);
      if (after.state === 'awaiting_approval') toast(t('row.asked'));
    },
  };
  const retry = useMutation(trpc.publications.retry.mutationOptions(callbacks));
  const reschedule = useMutation(trpc.publications.reschedule.mutationOptions(callbacks));
  const resolve = useMutation(trpc.publications.resolveUnknown.mutationOptions(settled));
  const [permalink, setPermalink] = useState('');
  const busy = cancel.isPending || retry.isPending || reschedule.isPending || resolve.isPending;
  const ref = { id: p.id, version: p.version };
  const part = isPart(p) ? partName(p, t) : null;
  const follows = followLabel(p, t);
  const movable = p.state === 'scheduled' || p.state === 'awaiting_approval';
  const suggestion = error?.details.suggestion;
  const problem = waitsUntil(p) ? (p.waits?.why ?? p.problem)?.text : p.problem?.text;
  const panels = { open: panel, setOpen: setPanel };
  const opens = {
    platform: platformName(p.platform),
    icon: () => <ExternalLink aria-hidden />,
    more: (chunks: ReactNode) => <span className="sr-only">{chunks}</span>,
  };
  return (
    <li
      {...keepsFocus}
      tabIndex={-1}
      className="relative grid gap-3 px-4 py-3"
      data-publication={p.id}
      data-state={p.state}
    >
      <PublicationProgress state={p.state} />
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="grid min-w-0 gap-1">
          <p className="flex flex-wrap items-center gap-2">
            <span className="wrap-anywhere font-medium">
              {part ?? `${platformName(p.platform)} · ${p.connectionName}`}
            </span>
            <PublicationState state={p.state} />
            {follows && !part ? <Badge variant="outline">{follows}</Badge> : null}
            {p.environment === 'sandbox' && !part ? (
              <Badge variant="outline">{t('row.sandbox')}</Badge>
            ) : null}
          </p>
          <p className="text-muted-foreground">
            <PublicationStatusText publication={p} zone={zone} held={held} />
          </p>
          {p.kind === 'reply' || (p.kind === 'post' && p.followsId && p.text) ? (
            <p dir="auto" className="wrap-anywhere whitespace-pre-wrap">
              {p.text}
            </p>
          ) : (
            <ThreadNote publication={p} parts={parts} />
          )}
          <MediaStatus publication={p} canWrite={canWrite} />
          {p.note ? <p className="text-muted-foreground">{p.note.text}</p> : null}
          {p.results?.readAt ? (
            <p className="text-muted-foreground">
              <ResultsLine results={p.results} zone={zone} />
            </p>
          ) : null}
          {p.results?.gone ? <p className="wrap-anywhere text-warning">{p.results.problem?.text}</p> : null}
          {problem && p.state !== 'publishing' ? (
            // A publication that only waits has not failed.
            <p className={cn('wrap-anywhere', p.waits ? 'text-muted-foreground' : 'text-destructive')}>
              {problem}
            </p>
          ) : null}
        </div>
        {/* Keeps its height while no action is available, so that nothing moves when the state changes. */}
        <div className="flex min-h-8 flex-wrap items-center gap-2 max-sm:w-full">
          {p.permalink ? (
            <Button asChild size="sm" variant="outline">
              <a href={p.permalink} target="_blank" rel="noreferrer">
                {part ? t.rich('row.openPart', { ...opens, part }) : t.rich('row.open', opens)}
              </a>
            </Button>
          ) : null}
          {canWrite && p.state === 'awaiting_approval' ? (
            <Button asChild size="sm" variant="outline">
              <Link href="/todo">{t('row.decide')}</Link>
            </Button>
          ) : null}
          {canWrite && movable ? (
            <>
              <PanelButton panel="reschedule" {...panels} busy={busy}>
                {t('row.reschedule')}
              </PanelButton>
              <ActionButton does={cancel} with={ref} busy={busy} quiet>
                {isPart(p) ? t('row.end') : t('row.cancel')}
              </ActionButton>
            </>
          ) : null}
          {canWrite && p.state === 'failed' ? (
            <ActionButton does={retry} with={ref} busy={busy}>
              {t('row.retry')}
            </ActionButton>
          ) : null}
          {canWrite && p.state === 'failed' && isPart(p) ? (
            <ActionButton does={cancel} with={ref} busy={busy} quiet>
              {t('row.end')}
            </ActionButton>
          ) : null}
          {canWrite && p.state === 'unknown' ? (
            <PanelButton panel="resolve" {...panels} busy={busy}>
              {t('row.resolve')}
            </PanelButton>
          ) : null}
          {p.attempts > 0 ? (
            <PanelButton panel="attempts" {...panels} quiet>
              {t('row.attempts', { count: p.attempts })}
            </PanelButton>
          ) : null}
        </div>
      </div>
      {error ? (
        <p role="alert" className="text-destructive">
          {error.fields.when ?? error.message}
        </p>
      ) : null}
      {panel === 'reschedule' ? (
        <RescheduleForm
          publication={p}
          zone={zone}
          suggestion={typeof suggestion === 'string' ? suggestion : null}
          send={(local) => reschedule.mutateAsync({ ...ref, local })}
        />
      ) : null}
      {panel === 'resolve' ? (
        <div className="grid gap-3 rounded-md bg-muted p-3">
          <p>{t('resolve.question', { platform: platformName(p.platform) })}</p>
          <Field
            label={t('resolve.address')}
            optional={p.parts.length === 0}
            className="max-w-lg"
            error={error?.fields.permalink}
          >
            <Input
              type="url"
              value={permalink}
              placeholder="https://"
              onChange={(event) => setPermalink(event.target.value)}
            />
          </Field>
          <div className="flex flex-wrap gap-2">
            <ActionButton
              does={resolve}
              with={{
                ...ref,
                answer: 'there',
                ...(permalink.trim() ? { permalink: permalink.trim() } : {}),
              }}
              busy={busy}
              primary
            >
              {t('resolve.there')}
            </ActionButton>
            <ActionButton does={resolve} with={{ ...ref, answer: 'not_there' }} busy={busy}>
              {t('resolve.send')}
            </ActionButton>
            <ActionButton does={resolve} with={{ ...ref, answer: 'not_there_leave' }} busy={busy}>
              {t('resolve.leave')}
            </ActionButton>
            {p.parts.length > 0 ? (
              <ActionButton does={resolve} with={{ ...ref, answer: 'there_end' }} busy={busy} quiet>
                {t('resolve.end')}
              </ActionButton>
            ) : null}
          </div>
        </div>
      ) : null}
      <FollowUpLine publication={p} canWrite={canWrite} />
      {panel === 'attempts' ? <Attempts id={p.id} state={p.state} zone={zone} /> : null}
      {parts.length > 0 ? (
        <ul className="divide-y divide-border border-border border-l-2">
          {parts.map((part) => (
            <PublicationRow key={part.id} publication={part} zone={zone} canWrite={canWrite} />
          ))}
        </ul>
      ) : null}
    </li>
  );
}

/** The progress of a thread. */
function ThreadNote({
  publication,
  parts,
}: {
  publication: PublicationItem;
  parts: readonly PublicationItem[];
}) {
  const words = threadInWords(publication, parts, useTranslations('publications'));
  return words ? <p className="wrap-anywhere text-muted-foreground">{words}</p> : null;
}

const OUTCOMES = [
  'published',
  'handed_over',
  'absent',
  'reauth',
  'rejected',
  'rate_limited',
  'transient',
  'unknown_outcome',
] as const;

function Attempts({ id, state, zone }: { id: string; state: string; zone: string }) {
  const t = useTranslations('publications.attempt');
  const trpc = useTRPC();
  const interval = useUnlessLive(2_500);
  const detail = useQuery(
    trpc.publications.get.queryOptions(
      { id },
      { refetchInterval: state === 'queued' || state === 'publishing' ? interval : false },
    ),
  );
  if (detail.isPending) return <SkeletonRows rows={2} />;
  if (detail.isError)
    return (
      <ErrorState
        size="compact"
        description={readAppError(detail.error).message}
        onRetry={() => void detail.refetch()}
      />
    );
  const words = ({ kind, outcome: code }: { kind: string; outcome: string | null }) => {
    const known = OUTCOMES.find((one) => one === code);
    const outcome = known ? t(known) : (code ?? t('none'));
    return kind === 'lookup' ? t('lookup', { outcome }) : outcome;
  };
  return (
    <ol className="grid gap-2 rounded-md bg-muted p-3">
      {detail.data.attemptRows.map((attempt) => (
        <li key={attempt.id} className="flex flex-wrap gap-x-3">
          <Time at={attempt.startedAt} zone={zone} className="text-muted-foreground" />
          <span>{words(attempt)}</span>
          {attempt.message ? (
            <span className="wrap-anywhere text-muted-foreground">{attempt.message.text}</span>
          ) : null}
        </li>
      ))}
    </ol>
  );
}
