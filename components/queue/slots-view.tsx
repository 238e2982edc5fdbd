'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Copy } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { lazy, Suspense, useState } from 'react';
import { readAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import type { Plan, PlanAccount } from '@/components/trpc/outputs';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { ErrorState } from '@/components/ui/error-state';
import { Skeleton } from '@/components/ui/skeleton';
import { formatInstant, zoneName } from '@/components/ui/time';
import { toast } from '@/components/ui/toast';
import { clock, weekdayNames } from '@/components/ui/weekdays';
import { intlTag } from '@/i18n/locales';
import { AccountChoice } from './account-choice';
import { AddSlots } from './add-slots';
import { NoAccount } from './no-account';

// Loaded when a slot is opened for the first time.
const SlotEditor = lazy(() => import('./slot-editor').then((m) => ({ default: m.SlotEditor })));

/** The week of one account: the times at which it posts, and their topics. */
export function SlotsView({ account, canWrite }: { account: string | null; canWrite: boolean }) {
  const t = useTranslations('queue.slots');
  const locale = useLocale();
  const trpc = useTRPC();
  const plan = useQuery(trpc.planning.plan.queryOptions());
  const [chosen, setChosen] = useState(account);
  if (plan.isPending) return <Skeleton className="h-96" />;
  if (plan.isError)
    return <ErrorState description={readAppError(plan.error).message} onRetry={() => void plan.refetch()} />;
  const { connections, topics, timeZone, notes } = plan.data;
  const current = connections.find((c) => c.id === chosen) ?? connections[0];
  if (!current) return <NoAccount />;
  const own = notes.filter((note) => note.connectionId === current.id);
  return (
    <div className="grid gap-4">
      <div className="flex flex-wrap items-end justify-between gap-3">
        <AccountChoice accounts={connections} value={current.id} onChange={setChosen} />
        {canWrite && connections.length > 1 && current.slots.length > 0 ? (
          <CopyButton from={current} others={connections.filter((c) => c.id !== current.id)} />
        ) : null}
      </div>
      <p className="max-w-prose text-muted-foreground">
        {t('about', { zone: timeZone.replaceAll('_', ' '), name: zoneName(new Date(), timeZone, locale) })}
      </p>
      {own.length > 0 ? (
        <Alert variant="info" title={t('clocks')}>
          <ul className="list-disc pl-4">
            {own.map((note) => (
              <li key={note.at.getTime()}>
                {formatInstant(note.at, timeZone, 'day', locale)}: {note.note.text}
              </li>
            ))}
          </ul>
        </Alert>
      ) : null}
      <Week account={current} topics={topics} canWrite={canWrite} />
      {canWrite ? (
        <AddSlots key={current.id} connectionId={current.id} topics={topics} />
      ) : (
        <p className="text-muted-foreground">{t('readOnly')}</p>
      )}
    </div>
  );
}

function Week({
  account,
  topics,
  canWrite,
}: {
  account: PlanAccount;
  topics: Plan['topics'];
  canWrite: boolean;
}) {
  const t = useTranslations('queue.slots');
  const locale = useLocale();
  const short = weekdayNames(locale, 'short');
  return (
    <ul
      aria-label={t('label', { account: account.name })}
      className="grid gap-px overflow-hidden rounded-lg border border-border bg-border md:grid-cols-7"
    >
      {weekdayNames(locale).map((name, i) => {
        const slots = account.slots.filter((slot) => slot.weekday === i + 1);
        return (
          <li
            key={name}
            className="grid grid-cols-[3rem_minmax(0,1fr)] content-start gap-2 bg-card p-3 md:grid-cols-1"
          >
            <h2 className="pt-1 font-medium text-muted-foreground text-xs">
              <span aria-hidden>{short[i]}</span>
              <span className="sr-only">{name}</span>
            </h2>
            {slots.length === 0 ? (
              <p className="pt-1 text-muted-foreground text-xs">{t('none')}</p>
            ) : (
              <ul className="flex flex-wrap content-start gap-1.5 md:grid">
                {slots.map((slot) => (
                  <li key={slot.id}>
                    <Slot slot={slot} day={name} topics={topics} account={account} canWrite={canWrite} />
                  </li>
                ))}
              </ul>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function Slot({
  slot,
  day,
  topics,
  account,
  canWrite,
}: {
  slot: PlanAccount['slots'][number];
  day: string;
  topics: Plan['topics'];
  account: PlanAccount;
  canWrite: boolean;
}) {
  const t = useTranslations('queue.slots');
  const [asked, setAsked] = useState(false);
  const named = { day, time: clock(slot.minute) };
  const topic =
    topics.find(({ id }) => id === slot.topicId)?.name.text ?? (slot.topicId ? t('otherTopic') : null);
  const face = (
    <>
      <span className="tabular font-medium">{named.time}</span>
      {topic ? <span className="truncate text-xs">{topic}</span> : null}
    </>
  );
  const look =
    'flex min-h-8 w-full min-w-0 items-center gap-2 rounded-md bg-accent-subtle px-2 text-accent-subtle-foreground';
  if (!canWrite) return <span className={look}>{face}</span>;
  const button = (
    <button
      type="button"
      aria-haspopup="dialog"
      aria-label={topic ? t('change', { ...named, topic }) : t('changeAny', named)}
      className={`${look} border border-transparent hover:border-accent`}
      onClick={() => setAsked(true)}
    >
      {face}
    </button>
  );
  if (!asked) return button;
  return (
    <Suspense fallback={button}>
      <SlotEditor slot={slot} day={day} topics={topics} account={account} trigger={button} />
    </Suspense>
  );
}

function CopyButton({ from, others }: { from: PlanAccount; others: readonly PlanAccount[] }) {
  const t = useTranslations('queue.copy');
  const list = new Intl.ListFormat(intlTag(useLocale()), { type: 'unit' });
  const trpc = useTRPC();
  const queries = useQueryClient();
  const copy = useMutation(
    trpc.planning.copySlots.mutationOptions({
      onSuccess: () => toast.success(t('done')),
      onError: (error) => toast.error(readAppError(error).message),
      onSettled: () => void queries.invalidateQueries({ queryKey: trpc.planning.pathKey() }),
    }),
  );
  return (
    <ConfirmDialog
      trigger={
        <Button variant="outline">
          <Copy aria-hidden /> {t('action')}
        </Button>
      }
      title={t('question', { account: from.name })}
      description={t('replaced', { accounts: list.format(others.map((o) => o.name)) })}
      confirmLabel={t('confirm')}
      destructive={false}
      onConfirm={() => copy.mutateAsync({ from: from.id, to: others.map((o) => o.id) })}
    />
  );
}
