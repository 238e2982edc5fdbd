'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useLocale, useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { useUnlessLive } from '@/components/live/store';
import { platformName } from '@/components/platforms/catalogue';
import { useHold } from '@/components/posting/use-hold';
import { PublicationState } from '@/components/publications/publication-state';
import { pollInterval } from '@/components/publications/refresh-interval';
import { isPart } from '@/components/publications/threads';
import { readAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import type { PublicationItem } from '@/components/trpc/outputs';
import { Button } from '@/components/ui/button';
import { Card, CardContent, CardHeader, CardTitle } from '@/components/ui/card';
import { ErrorState } from '@/components/ui/error-state';
import { Field } from '@/components/ui/field';
import { NativeSelect } from '@/components/ui/native-select';
import { Skeleton } from '@/components/ui/skeleton';
import { Time } from '@/components/ui/time';
import { dayInWords } from '@/components/ui/weekdays';
import type { HoldKind } from '@/server/domains/posting-control/schemas';
import { type Draft, isWritten } from './draft';
import type { EditScope } from './use-publish';

/** How many copies are named; the others are only counted. */
const MAX_NAMED = 8;
const WAITING: readonly PublicationItem['state'][] = [
  'draft',
  'awaiting_approval',
  'scheduled',
  'queued',
  'failed',
];

/** Shows what saving an edit changes: each copy of the post with its outcome, kept up to date. */
export function EditPanel({
  postId,
  zone,
  draft,
  platforms,
  asks,
  again,
  onAgain,
  onScope,
}: {
  postId: string;
  zone: string;
  draft: Draft;
  platforms: readonly string[];
  /** Whether this user's changes need an approval. */
  asks: boolean;
  /** Whether the controls for sending it again are shown. */
  again: boolean;
  onAgain: () => void;
  /** Receives the scope of the edit and why it cannot be saved yet. */
  onScope: (scope: EditScope & { blocked: string | null }) => void;
}) {
  const t = useTranslations('compose.edit');
  const locale = useLocale();
  const trpc = useTRPC();
  const held = useHold();
  const ask = useUnlessLive(pollInterval);
  const { data, isError, error, refetch } = useQuery(
    trpc.posts.get.queryOptions(
      { id: postId },
      { refetchInterval: (query) => (ask ? ask(query.state.data?.publications) : false) },
    ),
  );
  const [from, setFrom] = useState<string | undefined>(undefined);
  const copies = (data?.publications ?? []).filter(
    (p) => p.state !== 'cancelled' && (p.followsId === null || (isPart(p) && p.state !== 'published')),
  );
  const waiting = copies.filter((p) => WAITING.includes(p.state));
  const days = daysOf(waiting);
  const bare = waiting.find((p) => !platforms.includes(p.platform) || !isWritten(draft.variants[p.platform]));
  const blocked = bare ? t('bare', { platform: platformName(bare.platform) }) : null;
  const ids = waiting.map((p) => p.id).join(' ');
  const ready = data !== undefined;
  useEffect(() => {
    if (ready) onScope({ waiting: ids === '' ? [] : ids.split(' '), from, blocked });
  }, [ready, ids, from, blocked, onScope]);
  if (!data)
    return isError ? (
      <ErrorState
        size="compact"
        title={t('failed')}
        description={readAppError(error).message}
        onRetry={() => void refetch()}
      />
    ) : (
      <Skeleton className="h-40" />
    );
  // Pending copies first, because the edit is about them.
  const named = [...waiting, ...copies.filter((p) => !waiting.includes(p)).reverse()];
  return (
    <Card>
      <CardHeader>
        <CardTitle>{t('title')}</CardTitle>
      </CardHeader>
      <CardContent className="grid gap-3">
        <ul className="grid gap-2">
          {named.slice(0, MAX_NAMED).map((p) => (
            <li key={p.id} className="grid gap-0.5">
              <span className="flex flex-wrap items-center gap-2">
                <span className="wrap-anywhere font-medium">
                  {platformName(p.platform)} · {p.connectionName}
                </span>
                <PublicationState state={p.state} />
              </span>
              <span className="text-muted-foreground">
                <Becomes
                  copy={p}
                  zone={zone}
                  asks={asks}
                  held={held}
                  kept={from !== undefined && p.localTime.slice(0, 10) < from}
                />
              </span>
            </li>
          ))}
        </ul>
        {named.length > MAX_NAMED ? (
          <p className="text-muted-foreground">{t('more', { count: named.length - MAX_NAMED })}</p>
        ) : null}
        {days.length > 1 ? (
          <Field label={t('which.label')} className="max-w-sm">
            <NativeSelect value={from ?? ''} onChange={(event) => setFrom(event.target.value || undefined)}>
              <option value="">{t('which.all', { count: waiting.length })}</option>
              {days.slice(1).map((day) => (
                <option key={day} value={day}>
                  {t('which.later', { day: dayInWords(day, locale) })}
                </option>
              ))}
            </NativeSelect>
          </Field>
        ) : null}
        {waiting.length === 0 ? <p className="text-muted-foreground">{t('nothingWaits')}</p> : null}
        {blocked ? (
          <p role="alert" className="text-destructive">
            {blocked}
          </p>
        ) : null}
        <div className="flex flex-wrap gap-2">
          {again ? null : (
            <Button variant="outline" size="sm" onClick={onAgain}>
              {t(waiting.length > 0 ? 'sendToMore' : 'postAgain')}
            </Button>
          )}
          <Button asChild variant="ghost" size="sm">
            <Link href={`/posts/${postId}`}>{t('moveOrCancel')}</Link>
          </Button>
        </div>
      </CardContent>
    </Card>
  );
}

/** The local days with pending copies if an account has several of them; otherwise there is nothing to choose. */
function daysOf(waiting: readonly PublicationItem[]): string[] {
  const accounts = waiting.map((p) => p.connectionId);
  if (new Set(accounts).size === accounts.length) return [];
  return [...new Set(waiting.map((p) => p.localTime.slice(0, 10)))].sort();
}

function Becomes({
  copy: p,
  zone,
  asks,
  held,
  kept,
}: {
  copy: PublicationItem;
  zone: string;
  asks: boolean;
  held: HoldKind | null;
  kept: boolean;
}) {
  const t = useTranslations('compose.edit.becomes');
  const holds = useTranslations('posting.held');
  const shown = (at: Date | string) => ({ time: () => <Time at={at} zone={zone} showZone /> });
  const due = shown(p.dueAt);
  if (kept) return t.rich('kept', due);
  switch (p.state) {
    case 'published':
      return t.rich('published', shown(p.publishedAt ?? p.dueAt));
    case 'publishing':
      return t('publishing');
    case 'handed_over':
      return t('handedOver');
    case 'unknown':
      return t('unknown');
    case 'awaiting_approval':
      return t.rich('awaitingApproval', due);
    case 'failed':
      return t(asks ? 'failedAsks' : 'failed');
    case 'draft':
      return t(asks ? 'missedAsks' : 'missed');
    default:
      if (held && !asks) return t.rich('held', { ...due, held: holds(`${held}.title`) });
      return t.rich(asks ? 'goesAsks' : 'goes', due);
  }
}
