import { TriangleAlert } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { PublicationItem } from '@/components/trpc/outputs';
import { cn } from '@/components/ui/cn';
import { notUploaded } from './media-status-text';

/** A small warning where a post is one of many: it does not go out like this. Its page tells more. */
export function NotUploaded({
  publication,
  className,
}: {
  publication: Pick<PublicationItem, 'state' | 'media'>;
  className?: string;
}) {
  const words = notUploaded(publication, useTranslations('publications'));
  if (!words) return null;
  return (
    <span className={cn('inline-flex items-center gap-1 text-destructive text-xs', className)}>
      <TriangleAlert aria-hidden className="size-3 shrink-0" /> {words}
    </span>
  );
}
