'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import dynamic from 'next/dynamic';
import Link from 'next/link';
import { useLocale, useTranslations } from 'next-intl';
import { useId, useState } from 'react';
import { platformName } from '@/components/platforms/catalogue';
import { PublicationState } from '@/components/publications/publication-state';
import { readAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import type { SeriesItem } from '@/components/trpc/outputs';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { ErrorState } from '@/components/ui/error-state';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { NativeSelect } from '@/components/ui/native-select';
import { Skeleton, SkeletonRows } from '@/components/ui/skeleton';
import { formatInstant, Time, zoneName } from '@/components/ui/time';
import { toast } from '@/components/ui/toast';
import { dayInWords } from '@/components/ui/weekdays';
import { intlTag } from '@/i18n/locales';

const SeriesOptions = dynamic(() => import('./series-options').then((m) => m.SeriesOptions), {
  loading: () => <Skeleton className="h-40" />,
});

/** One repeated post: its rule, its next times, and actions for one of its days, for a day and all later ones, or for all. */
export function RepeatRow({ item, zone, canWrite }: { item: SeriesItem; zone: string; canWrite: boolean }) {
  const t = useTranslations('series.row');
  const states = useTranslations('facts.publicationStates');
  const locale = useLocale();
  const list = new Intl.ListFormat(intlTag(locale), { type: 'unit' });
  const [open, setOpen] = useState(false);
  const [next] = item.next;
  const ruleZone = item.timeZone.replaceAll('_', ' ');
  const noted = item.next.find((each) => each.note);
  return (
    <li className="grid gap-3 px-4 py-3">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="grid min-w-0 gap-1">
          <Link
            href={`/posts/${item.postId}`}
            dir="auto"
            className="wrap-anywhere font-medium hover:underline"
          >
            {item.postTitle}
          </Link>
          <p>
            {t('rule', {
              rule: item.rule.text,
              zone: next ? `${ruleZone}, ${zoneName(next.at, item.timeZone, locale)}` : ruleZone,
            })}
          </p>
          <p className="flex flex-wrap items-center gap-1.5 text-muted-foreground text-xs">
            {item.state === 'ended' ? <Badge variant="secondary">{t('ended')}</Badge> : null}
            {item.waitsForApproval ? <Badge variant="warning">{states('awaiting_approval')}</Badge> : null}
            <span>
              {list.format(item.targets.map((target) => `${platformName(target.platform)} · ${target.name}`))}
            </span>
            <span>· {t('counts', { made: item.made, waiting: item.waiting })}</span>
          </p>
          {next ? (
            <p className="text-muted-foreground">
              {t.rich('next', { time: () => <Time at={next.at} zone={item.timeZone} showZone /> })}
            </p>
          ) : null}
          {noted?.note ? (
            <p className="text-muted-foreground text-xs">
              {t('note', {
                day: formatInstant(noted.at, item.timeZone, 'day', locale),
                note: noted.note.text,
              })}
            </p>
          ) : null}
          {item.problem ? <p className="text-destructive">{item.problem.text}</p> : null}
        </div>
        {item.state === 'active' || item.waiting > 0 ? (
          <Button size="sm" variant="outline" aria-expanded={open} onClick={() => setOpen((o) => !o)}>
            {canWrite ? t('datesAndChanges') : t('dates')}
          </Button>
        ) : null}
      </div>
      {open ? <Panel item={item} zone={zone} canWrite={canWrite && item.state === 'active'} /> : null}
    </li>
  );
}

function Panel({ item, zone, canWrite }: { item: SeriesItem; zone: string; canWrite: boolean }) {
  const t = useTranslations('series');
  const locale = useLocale();
  const trpc = useTRPC();
  const queries = useQueryClient();
  const detail = useQuery(trpc.planning.getSeries.queryOptions({ id: item.id }));
  const [from, setFrom] = useState('all');
  const [time, setTime] = useState(item.time);
  const sameTimeId = useId();
  const settled = {
    onError: (error: unknown) => toast.error(readAppError(error).message),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: trpc.planning.pathKey() });
      void queries.invalidateQueries({ queryKey: trpc.publications.pathKey() });
      void queries.invalidateQueries({ queryKey: trpc.todo.pathKey() });
    },
  };
  const change = useMutation(
    trpc.planning.changeSeries.mutationOptions({
      ...settled,
      onSuccess: ({ changed }) => toast.success(t('change.done', { count: changed })),
    }),
  );
  const end = useMutation(
    trpc.planning.endSeries.mutationOptions({
      ...settled,
      onSuccess: ({ cancelled }) => toast.success(t('end.done', { count: cancelled })),
    }),
  );
  const cancel = useMutation(
    trpc.publications.cancel.mutationOptions({
      ...settled,
      onSuccess: () => toast(t('waiting.cancelled')),
    }),
  );
  if (detail.isPending) return <SkeletonRows rows={3} />;
  if (detail.isError)
    return (
      <ErrorState
        size="compact"
        description={readAppError(detail.error).message}
        onRetry={() => void detail.refetch()}
      />
    );
  const { series, waiting } = detail.data;
  const days = [...new Set([...waiting.map((w) => w.day), ...series.next.map((n) => n.day)])].sort();
  const scope = from === 'all' ? ({ kind: 'all' } as const) : ({ kind: 'later', day: from } as const);
  const ref = { id: series.id, version: series.version, scope };
  const sameTime = !time ? t('change.noTime') : time === series.time ? t('change.sameTime') : null;
  return (
    <div className="grid gap-4 rounded-md bg-muted p-3">
      {canWrite ? (
        <div className="grid gap-3">
          <div className="flex flex-wrap items-end gap-3">
            <Field label={t('change.which')} className="w-64 max-w-full">
              <NativeSelect value={from} onChange={(event) => setFrom(event.target.value)}>
                <option value="all">{t('change.all')}</option>
                {days.map((day) => (
                  <option key={day} value={day}>
                    {t('change.later', { day: dayInWords(day, locale) })}
                  </option>
                ))}
              </NativeSelect>
            </Field>
            <Field label={t('change.time')} className="w-36">
              <Input
                type="time"
                className="tabular"
                value={time}
                onChange={(event) => setTime(event.target.value)}
              />
            </Field>
            <Button
              loading={change.isPending}
              disabled={sameTime !== null}
              aria-describedby={sameTime ? sameTimeId : undefined}
              onClick={() => change.mutate({ ...ref, time })}
            >
              {t('change.changeTime')}
            </Button>
            {sameTime ? (
              <p id={sameTimeId} className="flex min-h-9 items-center text-muted-foreground">
                {sameTime}
              </p>
            ) : null}
            <Button
              variant="outline"
              disabled={change.isPending}
              onClick={() => change.mutate({ ...ref, newestText: true })}
            >
              {t('change.newestText')}
            </Button>
            <ConfirmDialog
              trigger={<Button variant="outline">{t('end.open')}</Button>}
              title={
                from === 'all'
                  ? t('end.titleAll', { title: series.postTitle })
                  : t('end.titleLater', { title: series.postTitle, day: dayInWords(from, locale) })
              }
              description={t('end.means')}
              confirmLabel={t('end.confirm')}
              onConfirm={() => end.mutateAsync(ref)}
            />
          </div>
          <p className="text-muted-foreground text-xs">{t('change.hint')}</p>
        </div>
      ) : null}
      {canWrite ? <SeriesOptions item={series} waiting={waiting.map(({ id }) => id)} /> : null}
      {waiting.length === 0 ? (
        <p className="text-muted-foreground">{t('waiting.none')}</p>
      ) : (
        <ul className="divide-y divide-border">
          {waiting.map((post) => (
            <li key={post.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-1.5">
              <Time at={post.dueAt} zone={zone} className="sm:w-36" />
              <span className="min-w-0 flex-1 truncate text-muted-foreground">
                {platformName(post.platform)} · {post.connectionName}
              </span>
              <PublicationState state={post.state} />
              {canWrite ? (
                <span className="flex">
                  <Button asChild size="sm" variant="ghost">
                    <Link
                      href={`/posts/${post.postId}`}
                      aria-label={t('waiting.moveOf', {
                        time: formatInstant(post.dueAt, zone, 'datetime', locale),
                      })}
                    >
                      {t('waiting.move')}
                    </Link>
                  </Button>
                  <Button
                    size="sm"
                    variant="ghost"
                    disabled={cancel.isPending}
                    aria-label={t('waiting.cancelOf', {
                      time: formatInstant(post.dueAt, zone, 'datetime', locale),
                    })}
                    onClick={() => cancel.mutate({ id: post.id, version: post.version })}
                  >
                    {t('waiting.cancel')}
                  </Button>
                </span>
              ) : null}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
