'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import Link from 'next/link';
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

const FIRST_GAP_DAYS = 30;

/** Chooses a post that was written before. */
export function AddEvergreen({ known }: { known: readonly string[] }) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button variant="outline">
          <Plus aria-hidden /> Choose a post
        </Button>
      </DialogTrigger>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>Choose an evergreen post</DialogTitle>
          <DialogDescription>
            It starts with at least {FIRST_GAP_DAYS} days between two times on one account. You can change
            that.
          </DialogDescription>
        </DialogHeader>
        {open ? <Choice known={known} /> : null}
      </DialogContent>
    </Dialog>
  );
}

function Choice({ known }: { known: readonly string[] }) {
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
      onSuccess: () => toast.success('It fills free slots from now on.'),
      onError: (error) => toast.error(readAppError(error).message),
      onSettled: () => void queries.invalidateQueries({ queryKey: trpc.planning.pathKey() }),
    }),
  );
  const items = posts.data?.items ?? [];
  return (
    <div className="grid min-w-0 gap-3">
      <Input
        type="search"
        aria-label="Search your posts"
        placeholder="Search titles and texts"
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
          {search ? 'Nothing matches. Try other words.' : 'You have written no posts yet.'}{' '}
          <Link href="/compose" className="text-accent underline underline-offset-4">
            Write one
          </Link>
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
                    {post.platforms.length > 0 ? post.platforms.map(platformName).join(', ') : 'No text yet'}
                  </span>
                </span>
                <Button
                  size="sm"
                  variant="outline"
                  aria-label={`Recycle ${post.title}`}
                  disabled={has || post.platforms.length === 0 || add.isPending}
                  onClick={() => add.mutate({ postId: post.id, gapDays: FIRST_GAP_DAYS, version: 0 })}
                >
                  {has ? 'Added' : 'Add'}
                </Button>
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}
