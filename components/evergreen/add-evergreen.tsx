'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import Link from 'next/link';
import { useLocale, useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { platformName } from '@/components/platforms/catalogue';
import { readAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import { Button } from '@/components/ui/button';
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogHeader,
  DialogTitle,
  DialogTrigger,
} from '@/components/ui/dialog';
import { ErrorState } from '@/components/ui/error-state';
import { Input } from '@/components/ui/input';
import { SkeletonRows } from '@/components/ui/skeleton';
import { toast } from '@/components/ui/toast';
import { intlTag } from '@/i18n/locales';

const FIRST_GAP_DAYS = 30;

/** Selects an existing post. */
export function AddEvergreen({ known }: { known: readonly string[] }) {
  const t = useTranslations('evergreen.add');
  const [open, setOpen] = useState(false);
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button variant="outline">
          <Plus aria-hidden /> {t('open')}
        </Button>
      </DialogTrigger>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>{t('title')}</DialogTitle>
          <DialogDescription>{t('text', { days: FIRST_GAP_DAYS })}</DialogDescription>
        </DialogHeader>
        {open ? <Choice known={known} /> : null}
      </DialogContent>
    </Dialog>
  );
}

function Choice({ known }: { known: readonly string[] }) {
  const t = useTranslations('evergreen.add');
  const list = new Intl.ListFormat(intlTag(useLocale()), { type: 'unit' });
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [typed, setTyped] = useState('');
  const [search, setSearch] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setSearch(typed.trim()), 250);
    return () => clearTimeout(timer);
  }, [typed]);
  const posts = useQuery(
    trpc.posts.list.queryOptions(
      { limit: 20, ...(search ? { search } : {}) },
      { placeholderData: (before) => before },
    ),
  );
  const add = useMutation(
    trpc.planning.setEvergreen.mutationOptions({
      onSuccess: () => toast.success(t('done')),
      onError: (error) => toast.error(readAppError(error).message),
      onSettled: () => void queries.invalidateQueries({ queryKey: trpc.planning.pathKey() }),
    }),
  );
  const items = posts.data?.items ?? [];
  return (
    <div className="grid min-w-0 gap-3">
      <Input
        type="search"
        aria-label={t('search')}
        placeholder={t('searchHint')}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      {posts.isPending ? (
        <SkeletonRows rows={4} />
      ) : posts.isError ? (
        <ErrorState
          size="compact"
          description={readAppError(posts.error).message}
          onRetry={() => void posts.refetch()}
        />
      ) : items.length === 0 ? (
        <p className="text-muted-foreground">
          {t.rich(search ? 'nothingFound' : 'noPosts', {
            link: (chunks) => (
              <Link href="/compose" className="text-accent underline underline-offset-4">
                {chunks}
              </Link>
            ),
          })}
        </p>
      ) : (
        <ul className="divide-y divide-border">
          {items.map((post) => {
            const has = known.includes(post.id);
            return (
              <li key={post.id} className="flex items-center gap-3 py-2">
                <span className="grid min-w-0 flex-1">
                  <span dir="auto" className="truncate font-medium">
                    {post.title}
                  </span>
                  <span className="truncate text-muted-foreground text-xs">
                    {post.platforms.length > 0 ? list.format(post.platforms.map(platformName)) : t('noText')}
                  </span>
                </span>
                <Button
                  size="sm"
                  variant="outline"
                  aria-label={t('recycle', { title: post.title })}
                  disabled={has || post.platforms.length === 0 || add.isPending}
                  onClick={() => add.mutate({ postId: post.id, gapDays: FIRST_GAP_DAYS, version: 0 })}
                >
                  {has ? t('added') : t('add')}
                </Button>
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}
