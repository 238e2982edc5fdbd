'use client';

import { useTranslations } from 'next-intl';
import { useEffect, useRef, useState } from 'react';
import { toast } from '@/components/ui/toast';
import type { MediaDraft } from './types';
import { uploadMedia } from './upload-media';
import { pending, type Upload, type UploadQueue, uploadQueue } from './upload-queue';

export interface Uploads {
  /** In the order in which the files were chosen. Empty once all of them are stored. */
  all: readonly Upload[];
  /** The latest announcement about each platform's uploads, for screen readers. */
  said: Readonly<Record<string, string>>;
  add(platform: string, files: readonly File[]): void;
  retry: UploadQueue['retry'];
  remove: UploadQueue['remove'];
  clear: UploadQueue['clear'];
}

/**
 * The uploads of the post in the editor. They belong to the post and not to the component that shows them, so a platform that is hidden for
 * a while loses nothing. `onSaved` gets a stored file and the ids of those that were chosen later. Leaving Compose cancels the uploads and
 * says so.
 */
export function useUploads(
  onSaved: (platform: string, media: MediaDraft, later: readonly string[]) => void,
): Uploads {
  const t = useTranslations('media.uploads');
  const words = useRef(t);
  words.current = t;
  const [all, setAll] = useState<readonly Upload[]>([]);
  const [said, setSaid] = useState<Record<string, string>>({});
  const now = useRef(all);
  const deliver = useRef(onSaved);
  deliver.current = onSaved;
  const say = (platform: string, words: string) => setSaid((before) => ({ ...before, [platform]: words }));
  const [queue] = useState(() =>
    uploadQueue({
      send: uploadMedia,
      onChange: (uploads) => {
        now.current = uploads;
        setAll(uploads);
      },
      onSaved: (platform, media, later) => {
        deliver.current(platform, media, later);
        say(
          platform,
          media.name ? words.current('saved', { file: media.name }) : words.current('savedUnnamed'),
        );
      },
    }),
  );
  useEffect(
    () => () => {
      const lost = pending(now.current, [...new Set(now.current.map((one) => one.platform))]).length;
      queue.clear();
      if (lost > 0) toast(words.current('ended', { count: lost }));
    },
    [queue],
  );
  return {
    all,
    said,
    add: (platform, files) => {
      if (files.length === 0) return;
      const [first] = files;
      say(platform, t('begun', { count: files.length, file: first?.name ?? '' }));
      queue.add(platform, files);
    },
    retry: queue.retry,
    remove: queue.remove,
    clear: queue.clear,
  };
}
