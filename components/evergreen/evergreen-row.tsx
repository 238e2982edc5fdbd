'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import dynamic from 'next/dynamic';
import Link from 'next/link';
import { useLocale, useTranslations } from 'next-intl';
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
import { intlTag } from '@/i18n/locales';

const EvergreenForm = dynamic(() => import('./evergreen-form').then((m) => m.EvergreenForm), {
  loading: () => <Skeleton className="h-40" />,
});

/** One evergreen post: when it was published, its gap and its further wordings. */
export function EvergreenRow({
  item,
  zone,
  canWrite,
}: {
  item: EvergreenItem;
  zone: string;
  canWrite: boolean;
}) {
  const t = useTranslations('evergreen.row');
  const list = new Intl.ListFormat(intlTag(useLocale()), { type: 'unit' });
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
        toast(t('stopped', { title: item.title }), {
          description: t('stoppedMeans'),
          ...(before
            ? {
                action: {
                  label: t('undo'),
                  onClick: () => save.mutate({ postId: item.postId, ...before, version: 0 }),
                },
              }
            : {}),
        }),
    }),
  );
  const { lastAt, nextAt } = item;
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
            {item.paused ? <Badge variant="warning">{t('paused')}</Badge> : null}
            <span>{t('gap', { days: item.gapDays })}</span>
            <span>· {list.format(item.texts.map(({ platform }) => platformName(platform)))}</span>
            {extra > 0 ? <span>· {t('wordings', { count: extra })}</span> : null}
            <span>· {t('times', { count: item.times })}</span>
            {lastAt ? (
              <span>· {t.rich('last', { time: () => <Time at={lastAt} zone={zone} /> })}</span>
            ) : null}
            {nextAt ? (
              <span>· {t.rich('next', { time: () => <Time at={nextAt} zone={zone} /> })}</span>
            ) : null}
          </p>
        </div>
        {canWrite ? (
          <div className="flex flex-wrap gap-1">
            <Button size="sm" variant="outline" aria-expanded={open} onClick={() => setOpen((o) => !o)}>
              {t('edit')}
            </Button>
            <Button
              size="sm"
              variant="ghost"
              disabled={save.isPending}
              onClick={() => save.mutate({ ...values, paused: !item.paused })}
            >
              {item.paused ? t('resume') : t('pause')}
            </Button>
            <Button
              size="sm"
              variant="ghost"
              aria-label={t('stopOf', { title: item.title })}
              disabled={remove.isPending}
              onClick={() => remove.mutate({ postId: item.postId })}
            >
              {t('stop')}
            </Button>
          </div>
        ) : null}
      </div>
      {open ? <EvergreenForm item={item} onDone={() => setOpen(false)} /> : null}
    </li>
  );
}
