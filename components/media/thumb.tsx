import { Film } from 'lucide-react';
import { cn } from '@/components/ui/cn';
import { stillAddress } from './types';

/** The first picture of a post, small. It stands beside the post's name, so it says nothing more to those who do not see it. */
export function Thumb({
  media,
  className,
}: {
  media: { fileId: string; kind: 'picture' | 'gif' | 'video' } | null | undefined;
  className?: string;
}) {
  if (!media) return null;
  const box = 'size-10 shrink-0 overflow-hidden rounded-md border border-border bg-muted';
  if (media.kind === 'video')
    return (
      <span
        aria-hidden
        className={cn(box, 'flex items-center justify-center text-muted-foreground', className)}
      >
        <Film className="size-1/2" />
      </span>
    );
  return (
    // biome-ignore lint/performance/noImgElement: a file of the workspace, behind its sign-in
    <img
      src={stillAddress(media.fileId)}
      alt=""
      loading="lazy"
      className={cn(box, 'object-cover', className)}
    />
  );
}
