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

/** How far a publication's pictures are uploaded to its platform, and the remedy if they cannot continue. */
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
  const status = mediaStatusText(p, platformName(p.platform), t);
  if (!status) return null;
  return (
    <div className="grid max-w-md gap-1.5" data-media={status.state}>
      <p
        className={
          status.state === 'failed' || status.state === 'reconnect'
            ? 'wrap-anywhere text-destructive'
            : 'tabular text-muted-foreground'
        }
      >
        {status.words}
      </p>
      {status.state === 'moving' ? <Progress value={status.part ?? undefined} label={status.words} /> : null}
      {status.state === 'reconnect' ? (
        <Button asChild size="sm" variant="outline" className="w-fit">
          <Link href="/connections">{t('media.reconnect')}</Link>
        </Button>
      ) : null}
      {status.state === 'failed' && canWrite ? (
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
