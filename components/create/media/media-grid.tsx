import { cn } from '@/components/ui/cn';
import { type MediaDraft, mediaAddress } from './types';

/** The pictures, GIF or video of a post about as its platform shows them. */
export function MediaGrid({
  media,
}: {
  media: readonly Pick<MediaDraft, 'fileId' | 'alt' | 'kind' | 'width' | 'height'>[];
}) {
  if (media.length === 0) return null;
  const alone = media.length === 1;
  return (
    <div
      className={cn(
        'mt-2 grid gap-0.5 overflow-hidden rounded-lg border border-border bg-muted',
        !alone && 'grid-cols-2',
      )}
    >
      {media.slice(0, 4).map((one, i) => (
        <div
          key={one.fileId}
          className={cn('relative', media.length === 3 && i === 0 && 'row-span-2')}
          style={alone ? { aspectRatio: `${one.width} / ${one.height}`, maxHeight: '20rem' } : undefined}
        >
          {one.kind === 'video' ? (
            // biome-ignore lint/a11y/useMediaCaption: the person's own film, before it is posted
            <video
              controls
              preload="metadata"
              src={mediaAddress(one.fileId)}
              aria-label={one.alt || 'Video'}
              className="size-full bg-black object-contain"
            />
          ) : (
            // biome-ignore lint/performance/noImgElement: a file of the workspace, behind its sign-in
            <img
              src={mediaAddress(one.fileId)}
              alt={one.alt}
              loading="lazy"
              className={cn('size-full', alone ? 'object-contain' : 'aspect-square object-cover')}
            />
          )}
          {i === 3 && media.length > 4 ? (
            <span className="absolute inset-0 flex items-center justify-center bg-black/60 font-semibold text-lg text-white">
              +{media.length - 4}
            </span>
          ) : null}
        </div>
      ))}
    </div>
  );
}
