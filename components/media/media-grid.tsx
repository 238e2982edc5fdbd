'use client';

import { FileText } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { cn } from '@/components/ui/cn';
import { useMediaWords } from './media-name';
import { type MediaDraft, mediaAddress } from './types';

type Shown = Pick<MediaDraft, 'fileId' | 'alt' | 'kind' | 'width' | 'height'>;
/** How many of them a platform shows at once. */
const AT_ONCE = 4;

/** The media of a post, roughly as its platform shows them; the rest can be expanded. */
export function MediaGrid({ media }: { media: readonly Shown[] }) {
  const t = useTranslations('media.grid');
  const mediaWords = useMediaWords();
  const [open, setOpen] = useState(false);
  if (media.length === 0) return null;
  const alone = media.length === 1;
  const more = open ? 0 : media.length - AT_ONCE;
  return (
    <div
      className={cn(
        'mt-2 grid gap-0.5 overflow-hidden rounded-lg border border-border bg-muted',
        !alone && 'grid-cols-2',
      )}
    >
      {media.slice(0, more > 0 ? AT_ONCE : media.length).map((one, i) => (
        <div
          key={one.fileId}
          className={cn('relative', media.length === 3 && i === 0 && 'row-span-2')}
          style={alone ? { aspectRatio: sidesOf(one), maxHeight: '20rem' } : undefined}
        >
          <One
            one={one}
            words={one.alt || mediaWords(one, i, media.length)}
            className={alone ? 'object-contain' : 'aspect-square object-cover'}
          />
          {i === AT_ONCE - 1 && more > 0 ? (
            <button
              type="button"
              aria-label={t('showMore', { count: more })}
              onClick={() => setOpen(true)}
              className="absolute inset-0 flex items-center justify-center bg-black/60 font-semibold text-lg text-white"
            >
              +{more}
            </button>
          ) : null}
        </div>
      ))}
    </div>
  );
}

/** All pictures of a post, uncropped and with the descriptions that are published with them, for approvers. */
export function MediaWhole({ media }: { media: readonly Shown[] }) {
  const mediaWords = useMediaWords();
  if (media.length === 0) return null;
  return (
    <ol className="mt-2 grid grid-cols-[repeat(auto-fill,minmax(min(100%,11rem),1fr))] gap-3">
      {media.map((one, i) => {
        const words = mediaWords(one, i, media.length);
        return (
          <li key={one.fileId} className="grid content-start gap-1">
            <span
              className="block max-h-80 overflow-hidden rounded-md border border-border bg-muted"
              style={{ aspectRatio: sidesOf(one) }}
            >
              <One one={one} words={words} className="object-contain" />
            </span>
            {/* The picture's alternative text says the same. */}
            <span aria-hidden dir="auto" className="wrap-anywhere text-muted-foreground text-xs">
              {words}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

/** Sides of a picture or video; those of a page for a document, which has none. */
const sidesOf = ({ kind, width, height }: Shown): string =>
  kind === 'document' ? '4 / 3' : `${width} / ${height}`;

function One({ one, words, className }: { one: Shown; words: string; className: string }) {
  if (one.kind === 'video')
    return (
      // biome-ignore lint/a11y/useMediaCaption: the person's own film, before it is posted
      <video
        controls
        preload="metadata"
        src={mediaAddress(one.fileId)}
        aria-label={words}
        className="size-full bg-black object-contain"
      />
    );
  if (one.kind === 'document')
    return (
      <a
        href={mediaAddress(one.fileId)}
        target="_blank"
        rel="noreferrer"
        className="flex size-full flex-col items-center justify-center gap-2 p-3 text-muted-foreground text-sm"
      >
        <FileText aria-hidden className="size-8" />
        <span dir="auto" className="wrap-anywhere line-clamp-3">
          {words}
        </span>
      </a>
    );
  return (
    // biome-ignore lint/performance/noImgElement: a file of the workspace, behind its sign-in
    <img src={mediaAddress(one.fileId)} alt={words} loading="lazy" className={cn('size-full', className)} />
  );
}
