'use client';

import { ImagePlus } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useTranslations } from 'next-intl';
import { useRef } from 'react';
import { mediaLimits, platformName } from '@/components/platforms/catalogue';
import { useOwnLimits } from '@/components/platforms/own-limits';
import { Button } from '@/components/ui/button';
import { Skeleton } from '@/components/ui/skeleton';
import { acceptedMedia } from '@/server/connectors/kit/media';
import { useMediaProblem } from './media-problem';
import { MEDIA_ACCEPT, type MediaDraft } from './types';
import type { Uploads } from './use-uploads';

// Most posts have no pictures, so their editor is loaded on demand. Without a fallback, the page's skeleton would replace the whole page.
const MediaEditor = dynamic(() => import('./media-editor').then((m) => m.MediaEditor), {
  loading: () => <Skeleton className="h-32" />,
});

/**
 * The pictures of one platform's text. The add button is always the same element, also before anything is loaded, so that it can keep the
 * focus.
 */
export function MediaSection({
  platform,
  media,
  uploads,
  other,
  disabled,
  onChange,
}: {
  platform: string;
  media: readonly MediaDraft[];
  uploads: Uploads;
  /** Another platform's pictures, offered for copying. */
  other: { platform: string; media: readonly MediaDraft[] } | undefined;
  disabled: boolean;
  onChange: (change: (now: readonly MediaDraft[]) => MediaDraft[]) => void;
}) {
  const t = useTranslations('media.section');
  const say = useMediaProblem();
  const name = platformName(platform);
  const limits = mediaLimits(platform, useOwnLimits(platform));
  const picker = useRef<HTMLInputElement>(null);
  const add = useRef<HTMLButtonElement>(null);
  const own = uploads.all.filter((one) => one.platform === platform && one.state !== 'saved');
  const any = media.length > 0 || own.length > 0;
  return (
    <div className="grid grid-cols-1 gap-3">
      {any ? (
        <MediaEditor
          platform={platform}
          media={media}
          uploads={own}
          onChange={onChange}
          onRetry={uploads.retry}
          onCancel={uploads.remove}
          onFocusLost={() => add.current?.focus()}
        />
      ) : null}
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <input
          ref={picker}
          type="file"
          multiple
          accept={limits?.document ? [MEDIA_ACCEPT, ...limits.document.mimes].join(',') : MEDIA_ACCEPT}
          className="sr-only"
          tabIndex={-1}
          aria-label={t('choose', { platform: name })}
          onChange={(event) => {
            const files = [...(event.target.files ?? [])];
            event.target.value = '';
            uploads.add(platform, files);
          }}
        />
        <Button
          ref={add}
          size="sm"
          variant="outline"
          disabled={disabled}
          onClick={() => picker.current?.click()}
        >
          <ImagePlus aria-hidden /> {t(any ? 'addMore' : 'add')}
        </Button>
        {!any && other ? (
          <Button
            size="sm"
            variant="ghost"
            disabled={disabled}
            onClick={() => {
              onChange((now) => (now.length > 0 ? [...now] : [...other.media]));
              add.current?.focus();
            }}
          >
            {t('takeOver', { platform: platformName(other.platform) })}
          </Button>
        ) : null}
        {limits ? (
          <span className="text-muted-foreground text-xs">{say(acceptedMedia(name, limits))}</span>
        ) : null}
      </div>
      <p aria-live="polite" className="sr-only">
        {uploads.said[platform]}
      </p>
    </div>
  );
}
