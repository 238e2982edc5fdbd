import { TriangleAlert } from 'lucide-react';
import { cn } from '@/components/ui/cn';
import type { PublicationItem } from '../types';
import { notUploaded } from './told';

/** A small warning where a post is one of many: it does not go out like this. Its page tells more. */
export function NotUploaded({
  publication,
  className,
}: {
  publication: Pick<PublicationItem, 'state' | 'media'>;
  className?: string;
}) {
  const words = notUploaded(publication);
  if (!words) return null;
  return (
    <span className={cn('inline-flex items-center gap-1 text-destructive text-xs', className)}>
      <TriangleAlert aria-hidden className="size-3 shrink-0" /> {words}
    </span>
  );
}
