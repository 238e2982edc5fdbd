'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { OptionsPanel } from '@/components/options/options-panel';
import { readAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import type { SeriesItem } from '@/components/trpc/outputs';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { ErrorState } from '@/components/ui/error-state';
import { Skeleton } from '@/components/ui/skeleton';
import { toast } from '@/components/ui/toast';
import type { OptionValues } from '@/server/foundation/option-values';

/** Changes the options of a repeated post: of all its dates that are not out yet. `waiting` are the ones that the user sees. */
export function SeriesOptions({ item, waiting }: { item: SeriesItem; waiting: readonly string[] }) {
  const t = useTranslations('series.options');
  const trpc = useTRPC();
  const queries = useQueryClient();
  const post = useQuery(trpc.posts.get.queryOptions({ id: item.postId }));
  const [changed, setChanged] = useState<Readonly<Record<string, OptionValues>>>({});
  const save = useMutation(
    trpc.posts.update.mutationOptions({
      onSuccess: ({ asked }) => {
        setChanged({});
        toast.success(t(asked ? 'asked' : 'saved'));
      },
      onSettled: () => {
        for (const key of [trpc.posts, trpc.planning, trpc.publications, trpc.todo])
          void queries.invalidateQueries({ queryKey: key.pathKey() });
      },
    }),
  );
  if (post.isPending) return <Skeleton className="h-40" />;
  if (post.isError)
    return (
      <ErrorState
        size="compact"
        description={readAppError(post.error).message}
        onRetry={() => void post.refetch()}
      />
    );
  const { id, version, variants } = post.data.post;
  const error = save.error ? readAppError(save.error) : null;
  const options = Object.entries(changed).map(([connectionId, values]) => ({
    connectionId,
    options: values,
  }));
  return (
    <div className="grid gap-3">
      {error ? <Alert variant="destructive" title={error.message} /> : null}
      <OptionsPanel
        accountIds={item.targets.map(({ connectionId }) => connectionId)}
        valuesOf={(one) =>
          changed[one] ?? item.targets.find(({ connectionId }) => connectionId === one)?.options
        }
        postOf={(platform) => variants.find((variant) => variant.platform === platform)}
        errors={error?.fields ?? {}}
        onChange={(one, values) => setChanged((before) => ({ ...before, [one]: values }))}
      />
      <Button
        className="w-fit"
        loading={save.isPending}
        disabled={options.length === 0}
        onClick={() => save.mutate({ id, version, options, waiting: [...waiting] })}
      >
        {t('save')}
      </Button>
    </div>
  );
}
