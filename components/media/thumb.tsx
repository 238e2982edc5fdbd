import { FileText, Film } from 'lucide-react';
import { cn } from '@/components/ui/cn';
import { type MediaDraft, stillAddress } from './types';

/** A thumbnail of a post's first picture. Hidden from screen readers, because the post's name stands next to it. */
export function Thumb({
  media,
  className,
}: {
  media: { fileId: string; kind: MediaDraft['kind'] } | null | undefined;
  className?: string;
}) {
  if (!media) return null;
  const box = 'size-10 shrink-0 overflow-hidden rounded-md border border-border bg-muted';
  if (media.kind === 'video' || media.kind === 'document') {
    const Icon = media.kind === 'video' ? Film : FileText;
    return (
      <span
        aria-hidden
        className={cn(box, 'flex items-center justify-center text-muted-foreground', className)}
      >
        <Icon className="size-1/2" />
      </span>
    );
  }
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
