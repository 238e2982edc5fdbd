'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { CircleCheck } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useUnlessLive } from '@/components/live/store';
import { readAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import type { Action, Approval, Todo } from '@/components/trpc/outputs';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { Kbd } from '@/components/ui/kbd';
import { SkeletonRows } from '@/components/ui/skeleton';
import { toast } from '@/components/ui/toast';
import { ActionItem } from './todo-action';
import { ApprovalItem } from './todo-approval';

/** Approvals and actions in one list, the most urgent first. J and K move, A approves, R rejects. */
export function TodoList({
  zone,
  canDecide,
  canWrite,
}: {
  zone: string;
  canDecide: boolean;
  canWrite: boolean;
}) {
  const t = useTranslations('todo');
  const trpc = useTRPC();
  const queries = useQueryClient();
  const list = useRef<HTMLUListElement>(null);
  const interval = useUnlessLive(20_000);
  const todo = useQuery(trpc.todo.list.queryOptions(undefined, { refetchInterval: interval }));
  const [deciding, setDeciding] = useState<string | null>(null);
  const decide = useMutation(
    trpc.approvals.decide.mutationOptions({
      onMutate: ({ id }) => setDeciding(id),
      onSuccess: (approval) => {
        const approved = approval.state === 'approved';
        toast.success(t(approved ? 'approved' : 'rejected'), { description: approval.title });
      },
      onError: (error) => toast.error(readAppError(error).message),
      onSettled: () => {
        setDeciding(null);
        for (const path of [trpc.todo.pathKey(), trpc.posts.pathKey(), trpc.publications.pathKey()])
          void queries.invalidateQueries({ queryKey: path });
      },
    }),
  );
  const [room, setRoom] = useState(STEP);
  const all = merged(todo.data);
  const items = all.slice(0, room);

  // A link to one item (`/todo#id`) focuses it.
  const arrived = useRef(false);
  const ready = todo.data !== undefined;
  useEffect(() => {
    if (!ready || arrived.current) return;
    arrived.current = true;
    const id = decodeURIComponent(window.location.hash.slice(1));
    const place = all.findIndex((item) => keyOf(item) === id);
    if (place < 0) return;
    setRoom((now) => Math.max(now, place + 1));
    requestAnimationFrame(() => document.getElementById(id)?.focus());
  }, [ready, all]);

  function onKeyDown(event: KeyboardEvent<HTMLUListElement>) {
    const target = event.target as HTMLElement;
    if (
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      target.closest('input, textarea, select, [contenteditable]')
    )
      return;
    const rows = [...(list.current?.querySelectorAll<HTMLElement>(':scope > li') ?? [])];
    const at = rows.findIndex((row) => row.contains(target));
    const key = event.key.toLowerCase();
    const step = key === 'j' || key === 'arrowdown' ? 1 : key === 'k' || key === 'arrowup' ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      rows[Math.min(rows.length - 1, Math.max(0, at + step))]?.focus();
      return;
    }
    const item = items[at];
    if (item?.kind !== 'approval' || !canDecide || decide.isPending) return;
    if (key !== 'a' && key !== 'r') return;
    event.preventDefault();
    decide.mutate({
      id: item.approval.id,
      fingerprint: item.approval.fingerprint,
      decision: key === 'a' ? 'approve' : 'reject',
    });
    // The row disappears, so the next one takes the focus.
    (rows[at + 1] ?? rows[at - 1])?.focus();
  }

  if (todo.isPending) return <SkeletonRows rows={5} />;
  if (todo.isError && !todo.data)
    return <ErrorState description={readAppError(todo.error).message} onRetry={() => void todo.refetch()} />;
  if (items.length === 0)
    return (
      <EmptyState
        icon={CircleCheck}
        title={t('empty.title')}
        description={t('empty.description')}
        action={
          <Button asChild variant="outline">
            <Link href="/compose">{t('empty.write')}</Link>
          </Button>
        }
      />
    );
  return (
    <div className="grid gap-3">
      <p className="hidden items-center gap-1.5 text-muted-foreground text-xs md:flex">
        {t.rich('keys.move', { j: () => <Kbd>J</Kbd>, k: () => <Kbd>K</Kbd> })}
        {canDecide
          ? t.rich('keys.decide', {
              a: () => <Kbd className="ml-2">A</Kbd>,
              r: () => <Kbd className="ml-2">R</Kbd>,
            })
          : null}
      </p>
      <ul ref={list} onKeyDown={onKeyDown} className="grid gap-3">
        {items.map((item, index) =>
          item.kind === 'approval' ? (
            <ApprovalItem
              key={item.approval.id}
              approval={item.approval}
              zone={zone}
              first={index === 0}
              canDecide={canDecide}
              busy={deciding === item.approval.id}
              blocked={decide.isPending}
              onDecide={(decision, note) =>
                decide.mutate({
                  id: item.approval.id,
                  fingerprint: item.approval.fingerprint,
                  decision,
                  ...(note ? { note } : {}),
                })
              }
            />
          ) : (
            <ActionItem
              key={item.action.id}
              action={item.action}
              zone={zone}
              first={index === 0}
              canWrite={canWrite}
            />
          ),
        )}
      </ul>
      {all.length > items.length ? (
        <div className="flex flex-wrap items-center justify-center gap-3">
          <span className="text-muted-foreground">
            {t('shown', { shown: items.length, all: all.length })}
          </span>
          <Button variant="outline" onClick={() => setRoom((now) => now + STEP)}>
            {t('showMore')}
          </Button>
        </div>
      ) : null}
    </div>
  );
}

/** How many items are shown at a time; each shows its whole text. */
const STEP = 25;

type Item =
  | { kind: 'approval'; approval: Approval; at: number }
  | { kind: 'action'; action: Action; at: number };

const keyOf = (item: Item) => (item.kind === 'approval' ? item.approval.id : item.action.id);

/** Merges approvals and actions into one list, the earliest deadline first. */
function merged(data: Todo | undefined): Item[] {
  if (!data) return [];
  const items: Item[] = [
    ...data.approvals.map((approval) => ({
      kind: 'approval' as const,
      approval,
      at: approval.state === 'open' ? approval.deadlineAt.getTime() : approval.createdAt.getTime(),
    })),
    ...data.actions.map((action) => ({
      kind: 'action' as const,
      action,
      at: action.deadlineAt?.getTime() ?? Number.MAX_SAFE_INTEGER,
    })),
  ];
  return items.sort((a, b) => a.at - b.at);
}
