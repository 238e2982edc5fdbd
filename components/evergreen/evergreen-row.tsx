'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import dynamic from 'next/dynamic';
import Link from 'next/link';
import { useState } from 'react';
import { platformName } from '@/components/platforms/catalogue';
import { useAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import type { EvergreenItem } from '@/components/trpc/outputs';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Skeleton } from '@/components/ui/skeleton';
import { Time } from '@/components/ui/time';
import { toast } from '@/components/ui/toast';

const EvergreenForm = dynamic(() => import('./evergreen-form').then((m) => m.EvergreenForm), {
  loading: () => <Skeleton className="h-40" />,
});

/** One evergreen post: when it went out, its gap, and its further wordings. */
export function EvergreenRow({
  item,
  zone,
  canWrite,
}: {
  item: EvergreenItem;
  zone: string;
  canWrite: boolean;
}) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const errors = useAppError();
  const settled = {
    onMutate: errors.clear,
    onError: errors.report,
    onSettled: () => void queries.invalidateQueries({ queryKey: trpc.planning.pathKey() }),
  };
  const save = useMutation(trpc.planning.setEvergreen.mutationOptions(settled));
  const remove = useMutation(
    trpc.planning.removeEvergreen.mutationOptions({
      ...settled,
      onSuccess: (before) =>
        toast(`“${item.title}” is recycled no more.`, {
          description: 'What stands in a slot already still goes out.',
          ...(before
            ? {
                action: {
                  label: 'Undo',
                  onClick: () => save.mutate({ postId: item.postId, ...before, version: 0 }),
                },
              }
            : {}),
        }),
    }),
  );
  const values = {
    postId: item.postId,
    gapDays: item.gapDays,
    wordings: item.wordings,
    version: item.version,
  };
  const extra = Object.values(item.wordings).reduce((n, all) => n + all.length, 0);
  return (
    <li className="grid gap-3 px-4 py-3">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="grid min-w-0 gap-1">
          <Link
            href={`/posts/${item.postId}`}
            dir="auto"
            className="wrap-anywhere font-medium hover:underline"
          >
            {item.title}
          </Link>
          <p className="flex flex-wrap items-center gap-1.5 text-muted-foreground text-xs">
            {item.paused ? <Badge variant="warning">Paused</Badge> : null}
            <span>
              At least {item.gapDays} {item.gapDays === 1 ? 'day' : 'days'} between
            </span>
            <span>· {item.texts.map((t) => platformName(t.platform)).join(', ')}</span>
            {extra > 0 ? (
              <span>
                · {extra} further {extra === 1 ? 'wording' : 'wordings'}
              </span>
            ) : null}
            <span>
              · went out {item.times} {item.times === 1 ? 'time' : 'times'}
            </span>
            {item.lastAt ? (
              <span>
                · last <Time at={item.lastAt} zone={zone} />
              </span>
            ) : null}
            {item.nextAt ? (
              <span>
                · next <Time at={item.nextAt} zone={zone} />
              </span>
            ) : null}
          </p>
        </div>
        {canWrite ? (
          <div className="flex flex-wrap gap-1">
            <Button size="sm" variant="outline" aria-expanded={open} onClick={() => setOpen((o) => !o)}>
              Gap and wordings
            </Button>
            <Button
              size="sm"
              variant="ghost"
              disabled={save.isPending}
              onClick={() => save.mutate({ ...values, paused: !item.paused })}
            >
              {item.paused ? 'Resume' : 'Pause'}
            </Button>
            <Button
              size="sm"
              variant="ghost"
              aria-label={`Stop recycling ${item.title}`}
              disabled={remove.isPending}
              onClick={() => remove.mutate({ postId: item.postId })}
            >
              Stop
            </Button>
          </div>
        ) : null}
      </div>
      {open ? <EvergreenForm item={item} onDone={() => setOpen(false)} /> : null}
    </li>
  );
}
