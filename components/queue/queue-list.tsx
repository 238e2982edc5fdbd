'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ArrowDown, ArrowUp, GripVertical, Recycle, Repeat } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { useSortableList } from '@/components/dragging/use-sortable-list';
import { Thumb } from '@/components/media/thumb';
import { NotUploaded } from '@/components/publications/not-uploaded';
import { PublicationState } from '@/components/publications/publication-state';
import { followWord } from '@/components/publications/threads';
import { readAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import type { FreeSlot, QueueItem } from '@/components/trpc/outputs';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { dayIn } from '@/components/ui/calendar-day';
import { cn } from '@/components/ui/cn';
import { formatInstant, Time, zoneName } from '@/components/ui/time';
import { toast } from '@/components/ui/toast';

interface Row {
  at: Date;
  place: QueueItem | null;
  slots: FreeSlot[];
}

/** Posts and free slots by time; the free ones of a day that follow each other are one row. */
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
  // Long stretches without a post are told in one line.
  return rows.filter((row, i) => {
    const before = rows[i - 1];
    if (row.place || !before || before.place) return true;
    const run = runOf(rows, i);
    if (run.length < 3) return true;
    run[0]?.slots.push(...row.slots);
    return false;
  });
}

/** The free days around a place of the list that follow each other. */
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
  const last = slots.at(-1);
  const first = slots[0];
  const notes = slots.map((slot) => slot.note).filter((note) => note !== null);
  if (first && last && dayIn(first.at, zone) !== dayIn(last.at, zone))
    return (
      <span>
        {slots.length} free slots until {formatInstant(last.at, zone, 'day')}. {notes.join(' ')}
      </span>
    );
  return (
    <span>
      Free at{' '}
      {slots.map((s) => `${s.local.slice(11)}${s.topicId ? ` (${topicName(s.topicId)})` : ''}`).join(', ')}
      {notes.length > 0 ? `. ${notes.join(' ')}` : ''}
    </span>
  );
}

interface Versioned {
  id: string;
  version: number;
}

/** The queue by time. Posts change places; the times stay. */
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
  topics: readonly { id: string; name: string }[];
  canWrite: boolean;
}) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [pending, setPending] = useState<string[] | null>(null);
  const now = Date.now();
  // A repost and a follow-up belong to a time after their post and keep it.
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
        toast(
          asked
            ? 'The order was changed. Somebody is asked to approve the new times.'
            : 'The order was changed.',
          {
            action: {
              label: 'Undo',
              onClick: () =>
                void save(
                  undo.map((id) => ({ id, version: versions.get(id) ?? 1 })),
                  null,
                ),
            },
          },
        );
      else toast('The order is as it was.');
    } catch (error) {
      toast.error(readAppError(error).message);
    }
    await refresh();
  }

  const list = useSortableList({
    ids: pending ?? ids,
    nameOf: (id) => byId.get(id)?.postTitle ?? 'The post',
    onDrop: (order) => {
      // Only what lies between the first and the last change has another time.
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
      onSuccess: () => toast('Taken out of the queue. It will not go out.'),
      onError: (error) => toast.error(readAppError(error).message),
      onSettled: () => void refresh(),
    }),
  );

  // Times stay where they are; the posts of the order as it would be stand at them.
  const shown = new Map(ids.map((id, i) => [id, byId.get(list.order[i] ?? id)]));
  const rows = withFree(items, free, zone);
  const topicName = (id: string | null) =>
    id ? (topics.find((t) => t.id === id)?.name ?? 'one topic') : null;
  return (
    <>
      <p className="text-muted-foreground">
        Times are in {zone.replaceAll('_', ' ')} ({zoneName(new Date(), zone)}).{' '}
        {canWrite ? 'Drag a post, or use its arrows, to give it another place. The times stay.' : null}
      </p>
      <p aria-live="polite" className="sr-only">
        {list.said}
      </p>
      <ol
        {...(canWrite ? list.listProps : {})}
        className="divide-y divide-border rounded-lg border border-border bg-card"
        aria-label="Queue"
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
                    aria-label={`Move ${post.postTitle}`}
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
                    {/* Its post's title says nothing of what a follow-up or a share says. */}
                    {post.followsId && post.kind !== 'repost' && post.text ? (
                      <p dir="auto" className="wrap-anywhere line-clamp-2">
                        {post.text}
                      </p>
                    ) : null}
                    <p className="flex flex-wrap items-center gap-1.5 text-muted-foreground text-xs">
                      <PublicationState state={post.state} />
                      {followWord(post) ? <Badge variant="outline">{followWord(post)}</Badge> : null}
                      {post.madeBy === 'series' ? (
                        <Badge variant="outline">
                          <Repeat aria-hidden /> Repeats
                        </Badge>
                      ) : post.madeBy === 'evergreen' ? (
                        <Badge variant="outline">
                          <Recycle aria-hidden /> Evergreen
                        </Badge>
                      ) : null}
                      {place.inSlot || post.kind !== 'post' ? null : (
                        <span>At its own time, not in a slot</span>
                      )}
                      <NotUploaded publication={post} />
                    </p>
                    {(place.slotNote ?? place.note) ? (
                      <p className="text-muted-foreground text-xs">{place.slotNote ?? place.note}</p>
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
                        aria-label={`Move ${post.postTitle} earlier, before ${formatInstant(at, zone)}`}
                        disabled={index <= 0 || reorder.isPending}
                        onClick={() => list.step(post.id, -1)}
                      >
                        <ArrowUp aria-hidden />
                      </Button>
                      <Button
                        size="icon-sm"
                        variant="ghost"
                        aria-label={`Move ${post.postTitle} later, after ${formatInstant(at, zone)}`}
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
                    aria-label={`Take ${post.postTitle} out of the queue`}
                    disabled={cancel.isPending}
                    onClick={() => cancel.mutate({ id: post.id, version: post.version })}
                  >
                    Take out
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
