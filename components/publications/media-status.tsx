'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { platformName } from '@/components/platforms/catalogue';
import { readAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import type { PublicationItem } from '@/components/trpc/outputs';
import { Button } from '@/components/ui/button';
import { Progress } from '@/components/ui/progress';
import { toast } from '@/components/ui/toast';
import { mediaStatusText } from './media-status-text';

/** How far the pictures of a publication are on their way to its platform, and the one thing to do when they cannot go on. */
export function MediaStatus({
  publication: p,
  canWrite,
}: {
  publication: PublicationItem;
  canWrite: boolean;
}) {
  const t = useTranslations('publications');
  const trpc = useTRPC();
  const queries = useQueryClient();
  const again = useMutation(
    trpc.publications.retryMedia.mutationOptions({
      onError: (error) => toast.error(readAppError(error).message),
      onSettled: () => {
        void queries.invalidateQueries({ queryKey: trpc.posts.pathKey() });
        void queries.invalidateQueries({ queryKey: trpc.publications.pathKey() });
      },
    }),
  );
  const told = mediaStatusText(p, platformName(p.platform), t);
  if (!told) return null;
  return (
    <div className="grid max-w-md gap-1.5" data-media={told.state}>
      <p
        className={
          told.state === 'failed' || told.state === 'reconnect'
            ? 'wrap-anywhere text-destructive'
            : 'tabular text-muted-foreground'
        }
      >
        {told.words}
      </p>
      {told.state === 'moving' ? <Progress value={told.part ?? undefined} label={told.words} /> : null}
      {told.state === 'reconnect' ? (
        <Button asChild size="sm" variant="outline" className="w-fit">
          <Link href="/connections">{t('media.reconnect')}</Link>
        </Button>
      ) : null}
      {told.state === 'failed' && canWrite ? (
        <Button
          size="sm"
          variant="outline"
          className="w-fit"
          loading={again.isPending}
          onClick={() => again.mutate({ id: p.id })}
        >
          {t('media.again')}
        </Button>
      ) : null}
    </div>
  );
}
