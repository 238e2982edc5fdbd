import { TriangleAlert } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { PublicationItem } from '@/components/trpc/outputs';
import { cn } from '@/components/ui/cn';
import { notUploaded } from './media-status-text';

/** A small warning in lists that a post cannot be published as it is. The post's page has the details. */
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
