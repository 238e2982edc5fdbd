'use client';

import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { Library, PenLine, Search, Trash2 } from 'lucide-react';
import Link from 'next/link';
import { useLocale, useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { Thumb } from '@/components/media/thumb';
import { platformName } from '@/components/platforms/catalogue';
import { ResultsLine } from '@/components/publications/results-line';
import { readAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import type { PostItem } from '@/components/trpc/outputs';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { Input } from '@/components/ui/input';
import { SkeletonRows } from '@/components/ui/skeleton';
import { Time } from '@/components/ui/time';
import { toast } from '@/components/ui/toast';
import { intlTag } from '@/i18n/locales';

const FILTERS = [undefined, 'library', 'draft'] as const;

/** All posts, newest first, searchable by their text. */
export function LibraryList({ zone, canWrite }: { zone: string; canWrite: boolean }) {
  const t = useTranslations('library');
  const trpc = useTRPC();
  const [typed, setTyped] = useState('');
  const [search, setSearch] = useState('');
  const [status, setStatus] = useState<'library' | 'draft' | undefined>(undefined);
  useEffect(() => {
    const timer = setTimeout(() => setSearch(typed.trim()), 250);
    return () => clearTimeout(timer);
  }, [typed]);
  const posts = useInfiniteQuery(
    trpc.posts.list.infiniteQueryOptions(
      { limit: 30, ...(search ? { search } : {}), ...(status ? { status } : {}) },
      { getNextPageParam: (page) => page.nextCursor, placeholderData: (before) => before },
    ),
  );
  const items = posts.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = search !== '' || status !== undefined;
  return (
    <div className="grid gap-4">
      <div className="flex flex-wrap items-center gap-3">
        <div className="relative min-w-0 flex-1 basis-64">
          <Search
            aria-hidden
            className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-muted-foreground"
          />
          <Input
            type="search"
            aria-label={t('search.label')}
            placeholder={t('search.placeholder')}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            className="pl-9!"
          />
        </div>
        <fieldset className="flex gap-1">
          <legend className="sr-only">{t('show.label')}</legend>
          {FILTERS.map((filter) => (
            <Button
              key={filter ?? 'all'}
              size="sm"
              variant={status === filter ? 'secondary' : 'ghost'}
              aria-pressed={status === filter}
              onClick={() => setStatus(filter)}
            >
              {t(`show.${filter ?? 'all'}`)}
            </Button>
          ))}
        </fieldset>
      </div>
      {posts.isPending ? (
        <SkeletonRows rows={6} />
      ) : posts.isError && items.length === 0 ? (
        <ErrorState description={readAppError(posts.error).message} onRetry={() => void posts.refetch()} />
      ) : items.length === 0 ? (
        filtered ? (
          <EmptyState
            icon={Search}
            title={t('noMatch.title')}
            description={t('noMatch.description')}
            action={
              <Button
                variant="outline"
                onClick={() => {
                  setTyped('');
                  setStatus(undefined);
                }}
              >
                {t('noMatch.action')}
              </Button>
            }
          />
        ) : (
          <EmptyState
            icon={Library}
            title={t('empty.title')}
            description={t('empty.description')}
            action={
              <Button asChild variant="outline">
                <Link href="/compose">{t('empty.action')}</Link>
              </Button>
            }
          />
        )
      ) : (
        <>
          <ul
            aria-busy={posts.isPlaceholderData}
            className="divide-y divide-border rounded-lg border border-border bg-card"
          >
            {items.map((post) => (
              <Row key={post.id} post={post} zone={zone} canWrite={canWrite} />
            ))}
          </ul>
          {posts.hasNextPage ? (
            <Button
              variant="outline"
              className="mx-auto"
              loading={posts.isFetchingNextPage}
              onClick={() => void posts.fetchNextPage()}
            >
              {t('more')}
            </Button>
          ) : null}
        </>
      )}
    </div>
  );
}

function Row({ post, zone, canWrite }: { post: PostItem; zone: string; canWrite: boolean }) {
  const t = useTranslations('library');
  const list = new Intl.ListFormat(intlTag(useLocale()), { type: 'unit' });
  const trpc = useTRPC();
  const queries = useQueryClient();
  const remove = useMutation(
    trpc.posts.remove.mutationOptions({
      onSuccess: () => {
        toast.success(t('remove.done'));
        void queries.invalidateQueries({ queryKey: trpc.posts.pathKey() });
      },
      onError: (error) => toast.error(readAppError(error).message),
    }),
  );
  return (
    <li className="flex items-start gap-x-4 px-4 py-3">
      <Thumb media={post.cover} className="mt-0.5" />
      <div className="grid min-w-0 flex-1 gap-1">
        <Link
          href={`/posts/${post.id}`}
          dir="auto"
          className="wrap-anywhere font-medium underline-offset-4 hover:underline"
        >
          {post.title}
        </Link>
        {post.excerpt ? (
          <p dir="auto" className="wrap-anywhere line-clamp-2 text-muted-foreground">
            {post.excerpt}
          </p>
        ) : null}
        <p className="flex flex-wrap items-center gap-1.5 text-muted-foreground text-xs">
          {post.status === 'library' ? (
            <Badge variant="secondary">{t('status.library')}</Badge>
          ) : (
            <Badge variant="outline">{t('status.draft')}</Badge>
          )}
          <Outcome counts={post.publications} />
          {post.results ? <ResultsLine results={post.results} zone={zone} /> : null}
          {post.platforms.length > 0 ? <span>{list.format(post.platforms.map(platformName))}</span> : null}
          <span>{t.rich('changed', { time: () => <Time at={post.updatedAt} zone={zone} /> })}</span>
        </p>
      </div>
      {canWrite ? (
        <div className="-mr-2 flex shrink-0 gap-1 sm:mr-0">
          <Button asChild variant="outline" size="sm" className="max-sm:w-8 max-sm:border-0 max-sm:px-0">
            <Link href={`/compose?post=${post.id}`} aria-label={t('editPost', { title: post.title })}>
              <PenLine aria-hidden /> <span className="max-sm:hidden">{t('edit')}</span>
            </Link>
          </Button>
          <ConfirmDialog
            trigger={
              <Button variant="ghost" size="icon-sm" aria-label={t('remove.label', { title: post.title })}>
                <Trash2 aria-hidden />
              </Button>
            }
            title={t('remove.question', { title: post.title })}
            description={t('remove.description')}
            confirmLabel={t('remove.confirm')}
            onConfirm={() => remove.mutateAsync({ id: post.id })}
          />
        </div>
      ) : null}
    </li>
  );
}

const SHOWN_STATES = [
  ['failed', 'destructive'],
  ['unknown', 'warning'],
  ['handed_over', 'warning'],
  ['awaiting_approval', 'warning'],
  ['publishing', 'accent'],
  ['queued', 'accent'],
  ['scheduled', 'secondary'],
  ['published', 'positive'],
] as const;

/** The outcome of a post on its accounts: "Published: 2", "Failed: 1". */
function Outcome({ counts }: { counts: Record<string, number> }) {
  const t = useTranslations('library');
  const states = useTranslations('facts.publicationStates');
  return SHOWN_STATES.map(([state, variant]) => {
    const count = counts[state] ?? 0;
    return count > 0 ? (
      <Badge key={state} variant={variant}>
        {t('outcome', { state: states(state), count })}
      </Badge>
    ) : null;
  });
}
