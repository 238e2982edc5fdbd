'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ArrowDown, ArrowUp, GripVertical, Recycle, Repeat } from 'lucide-react';
import Link from 'next/link';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { useSortableList } from '@/components/dragging/use-sortable-list';
import { Thumb } from '@/components/media/thumb';
import { NotUploaded } from '@/components/publications/not-uploaded';
import { PublicationState } from '@/components/publications/publication-state';
import { followLabel } from '@/components/publications/threads';
import { readAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import type { FreeSlot, QueueItem } from '@/components/trpc/outputs';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { dayIn } from '@/components/ui/calendar-day';
import { cn } from '@/components/ui/cn';
import { formatInstant, Time, zoneName } from '@/components/ui/time';
import { toast } from '@/components/ui/toast';
import { intlTag } from '@/i18n/locales';
import type { ShownFact } from '@/server/foundation/facts';

interface Row {
  at: Date;
  place: QueueItem | null;
  slots: FreeSlot[];
}

/** Merges posts and free slots by time; consecutive free slots of a day share a row. */
function withFree(items: readonly QueueItem[], free: readonly FreeSlot[], zone: string): Row[] {
  const all: Row[] = [
    ...items.map((item) => ({ at: item.dueAt, place: item, slots: [] })),
    ...free.map((slot) => ({ at: slot.at, place: null, slots: [slot] })),
  ].sort((a, b) => a.at.getTime() - b.at.getTime());
  const rows: Row[] = [];
  for (const row of all) {
    const last = rows.at(-1);
    if (last && !last.place && !row.place && dayIn(last.at, zone) === dayIn(row.at, zone))
      last.slots.push(...row.slots);
    else rows.push(row);
  }
  // Long periods without a post are merged into one row.
  return rows.filter((row, i) => {
    const before = rows[i - 1];
    if (row.place || !before || before.place) return true;
    const run = runOf(rows, i);
    if (run.length < 3) return true;
    run[0]?.slots.push(...row.slots);
    return false;
  });
}

/** Returns the consecutive rows of free slots around a position in the list. */
function runOf(rows: readonly Row[], at: number): Row[] {
  let [from, to] = [at, at];
  while (rows[from - 1]?.place === null) from--;
  while (rows[to + 1]?.place === null) to++;
  return rows.slice(from, to + 1);
}

function FreeWords({
  slots,
  zone,
  topicName,
}: {
  slots: readonly FreeSlot[];
  zone: string;
  topicName: (id: string | null) => string | null;
}) {
  const t = useTranslations('queue.free');
  const locale = useLocale();
  const list = new Intl.ListFormat(intlTag(locale), { type: 'unit' });
  const last = slots.at(-1);
  const first = slots[0];
  const notes = slots.flatMap((slot) => slot.note?.text ?? []);
  if (first && last && dayIn(first.at, zone) !== dayIn(last.at, zone))
    return (
      <span>
        {t('until', { count: slots.length, day: formatInstant(last.at, zone, 'day', locale) })}{' '}
        {notes.join(' ')}
      </span>
    );
  const times = list.format(
    slots.map(({ local, topicId }) => {
      const time = local.slice(11);
      const topic = topicName(topicId);
      return topic ? t('withTopic', { time, topic }) : time;
    }),
  );
  return (
    <span>{notes.length > 0 ? t('atNotes', { times, notes: notes.join(' ') }) : t('at', { times })}</span>
  );
}

interface Versioned {
  id: string;
  version: number;
}

/** The queue in chronological order. Posts can be reordered; the times stay. */
export function QueueList({
  connectionId,
  items,
  free,
  zone,
  topics,
  canWrite,
}: {
  connectionId: string;
  items: readonly QueueItem[];
  free: readonly FreeSlot[];
  zone: string;
  topics: readonly { id: string; name: ShownFact }[];
  canWrite: boolean;
}) {
  const t = useTranslations('queue');
  const publications = useTranslations('publications');
  const locale = useLocale();
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [pending, setPending] = useState<string[] | null>(null);
  const now = Date.now();
  // A repost or a follow-up is tied to a time after its post and keeps it.
  const movable = items.filter((item) => item.dueAt.getTime() > now && item.kind === 'post');
  const ids = movable.map((item) => item.id);
  const byId = new Map(items.map((item) => [item.id, item]));
  const refresh = async () => {
    await Promise.all([
      queries.invalidateQueries({ queryKey: trpc.planning.pathKey() }),
      queries.invalidateQueries({ queryKey: trpc.publications.pathKey() }),
    ]);
    setPending(null);
  };
  const reorder = useMutation(trpc.planning.reorder.mutationOptions());

  async function save(wanted: readonly Versioned[], undo: string[] | null) {
    try {
      const { items: after, asked } = await reorder.mutateAsync({ connectionId, items: [...wanted] });
      const versions = new Map(after.map((a) => [a.id, a.version]));
      if (undo)
        toast(asked ? t('list.asked') : t('list.changed'), {
          action: {
            label: t('list.undo'),
            onClick: () =>
              void save(
                undo.map((id) => ({ id, version: versions.get(id) ?? 1 })),
                null,
              ),
          },
        });
      else toast(t('list.undone'));
    } catch (error) {
      toast.error(readAppError(error).message);
    }
    await refresh();
  }

  const list = useSortableList({
    ids: pending ?? ids,
    nameOf: (id) => byId.get(id)?.postTitle ?? t('list.post'),
    onDrop: (order) => {
      // Only the posts between the first and the last change get another time.
      const changed = order.map((id, i) => (id === ids[i] ? -1 : i)).filter((i) => i >= 0);
      const [first, last] = [changed[0], changed.at(-1)];
      if (first === undefined || last === undefined) return;
      setPending(order);
      void save(
        order.slice(first, last + 1).map((id) => ({ id, version: byId.get(id)?.version ?? 1 })),
        ids.slice(first, last + 1),
      );
    },
  });
  const cancel = useMutation(
    trpc.publications.cancel.mutationOptions({
      onSuccess: () => toast(t('list.takenOut')),
      onError: (error) => toast.error(readAppError(error).message),
      onSettled: () => void refresh(),
    }),
  );

  // The times stay; each shows the post that the new order assigns to it.
  const shown = new Map(ids.map((id, i) => [id, byId.get(list.order[i] ?? id)]));
  const rows = withFree(items, free, zone);
  const topicName = (id: string | null) =>
    id ? (topics.find((topic) => topic.id === id)?.name.text ?? t('free.topic')) : null;
  return (
    <>
      <p className="text-muted-foreground">
        {t('list.times', { zone: zone.replaceAll('_', ' '), name: zoneName(new Date(), zone, locale) })}{' '}
        {canWrite ? t('list.drag') : null}
      </p>
      <p aria-live="polite" className="sr-only">
        {list.said}
      </p>
      <ol
        {...(canWrite ? list.listProps : {})}
        className="divide-y divide-border rounded-lg border border-border bg-card"
        aria-label={t('list.label')}
      >
        {rows.map(({ at, place, slots }) => {
          if (!place)
            return (
              <li
                key={`free ${at.getTime()}`}
                className="flex items-start gap-2 px-2 py-2 text-muted-foreground text-xs sm:gap-3 sm:px-4"
              >
                {canWrite ? <span className="w-8 shrink-0" /> : null}
                <span className="grid min-w-0 flex-1 gap-x-4 sm:grid-cols-[9rem_minmax(0,1fr)]">
                  <Time at={at} zone={zone} style="day" />
                  <FreeWords slots={slots} zone={zone} topicName={topicName} />
                </span>
              </li>
            );
          const post = shown.get(place.id) ?? place;
          const index = list.order.indexOf(post.id);
          const follows = followLabel(post, publications);
          const named = { title: post.postTitle, time: formatInstant(at, zone, 'datetime', locale) };
          return (
            <li
              key={post.id}
              {...(index >= 0 ? list.rowProps(post.id) : {})}
              className={cn(
                'flex items-start gap-2 px-2 py-2.5 sm:gap-3 sm:px-4',
                list.lifted === post.id && 'bg-accent-subtle',
              )}
            >
              {canWrite ? (
                index >= 0 ? (
                  <button
                    type="button"
                    aria-label={t('list.move', { title: post.postTitle })}
                    className="flex size-8 shrink-0 cursor-grab items-center justify-center rounded-md text-muted-foreground hover:bg-muted"
                    {...list.handleProps}
                  >
                    <GripVertical aria-hidden className="size-4" />
                  </button>
                ) : (
                  <span className="size-8 shrink-0" />
                )
              ) : null}
              <div className="grid min-w-0 flex-1 gap-x-4 gap-y-1 pt-1.5 sm:grid-cols-[9rem_minmax(0,1fr)]">
                <Time at={at} zone={zone} />
                <div className="flex min-w-0 items-start gap-2">
                  <Thumb media={post.media[0]} />
                  <div className="grid min-w-0 gap-1">
                    <Link
                      href={`/posts/${post.postId}`}
                      dir="auto"
                      className="wrap-anywhere font-medium hover:underline"
                    >
                      {post.postTitle}
                    </Link>
                    {/* The post's title does not describe the text of a follow-up or a share. */}
                    {post.followsId && post.kind !== 'repost' && post.text ? (
                      <p dir="auto" className="wrap-anywhere line-clamp-2">
                        {post.text}
                      </p>
                    ) : null}
                    <p className="flex flex-wrap items-center gap-1.5 text-muted-foreground text-xs">
                      <PublicationState state={post.state} />
                      {follows ? <Badge variant="outline">{follows}</Badge> : null}
                      {post.madeBy === 'series' ? (
                        <Badge variant="outline">
                          <Repeat aria-hidden /> {t('list.repeats')}
                        </Badge>
                      ) : post.madeBy === 'evergreen' ? (
                        <Badge variant="outline">
                          <Recycle aria-hidden /> {t('list.evergreen')}
                        </Badge>
                      ) : null}
                      {place.inSlot || post.kind !== 'post' ? null : <span>{t('list.ownTime')}</span>}
                      <NotUploaded publication={post} />
                    </p>
                    {(place.slotNote ?? place.note) ? (
                      <p className="text-muted-foreground text-xs">{(place.slotNote ?? place.note)?.text}</p>
                    ) : null}
                  </div>
                </div>
              </div>
              {canWrite ? (
                <div className="flex shrink-0 flex-wrap justify-end">
                  {index >= 0 ? (
                    <>
                      <Button
                        size="icon-sm"
                        variant="ghost"
                        aria-label={t('list.earlier', named)}
                        disabled={index <= 0 || reorder.isPending}
                        onClick={() => list.step(post.id, -1)}
                      >
                        <ArrowUp aria-hidden />
                      </Button>
                      <Button
                        size="icon-sm"
                        variant="ghost"
                        aria-label={t('list.later', named)}
                        disabled={index >= list.order.length - 1 || reorder.isPending}
                        onClick={() => list.step(post.id, 1)}
                      >
                        <ArrowDown aria-hidden />
                      </Button>
                    </>
                  ) : null}
                  <Button
                    size="sm"
                    variant="ghost"
                    className="max-sm:hidden"
                    aria-label={t('list.takeOutPost', { title: post.postTitle })}
                    disabled={cancel.isPending}
                    onClick={() => cancel.mutate({ id: post.id, version: post.version })}
                  >
                    {t('list.takeOut')}
                  </Button>
                </div>
              ) : null}
            </li>
          );
        })}
      </ol>
    </>
  );
}
