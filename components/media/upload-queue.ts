import type { useTranslations } from 'next-intl';
import {
  nothingSent,
  type SendProblem,
  type SendProgress,
  type UploadResult,
} from '@/components/files/send-file';
import { kindOfFile, type MediaDraft, mediaTogether } from './types';

/** A file that was chosen for a platform's text. Kept as `saved` while a file chosen before it is still missing. */
export interface Upload {
  readonly key: number;
  readonly platform: string;
  readonly file: File;
  readonly state: 'waiting' | 'running' | 'failed' | 'saved';
  readonly progress: SendProgress;
  readonly problem: SendProblem | null;
  /** Whether the same file may be retried. */
  readonly again: boolean;
  /** The id of the stored file. */
  readonly fileId: string | null;
}

/** How many uploads run at once, over all platforms; the others wait in the order in which they were chosen. */
export const AT_ONCE = 3;

type Send = (
  file: File,
  listener: { onProgress(progress: SendProgress): void; onEnd(end: UploadResult<MediaDraft>): void },
) => () => void;

export interface UploadQueue {
  add(platform: string, files: readonly File[]): void;
  /** Retries a failed upload, at its old place in the order. */
  retry(key: number): void;
  /** Cancels an upload, or discards a failed one. */
  remove(key: number): void;
  /** Cancels and discards all uploads. */
  clear(): void;
}

/**
 * Uploads files in the order in which they were chosen, a few at a time. `onChange` gets the whole list after each change. `onSaved` gets a
 * stored file and the ids of the stored files that were chosen after it.
 */
export function uploadQueue({
  send,
  onChange,
  onSaved,
}: {
  send: Send;
  onChange(uploads: readonly Upload[]): void;
  onSaved(platform: string, media: MediaDraft, later: readonly string[]): void;
}): UploadQueue {
  let all: readonly Upload[] = [];
  let keys = 0;
  const running = new Map<number, () => void>();

  const become = (next: readonly Upload[]) => {
    all = next;
    onChange(all);
  };
  const set = (key: number, change: Partial<Upload>) =>
    become(withoutAnnounced(all.map((one) => (one.key === key ? { ...one, ...change } : one))));
  const fill = () => {
    for (;;) {
      // Determined anew each time, because a file that ends immediately has already started others.
      const [next] = nextToStart(all, AT_ONCE);
      if (!next) return;
      const { key, file } = next;
      set(key, { state: 'running' });
      let ended = false;
      const stop = send(file, {
        onProgress: (progress) => {
          if (!ended) set(key, { progress });
        },
        onEnd: (end) => {
          ended = true;
          running.delete(key);
          const one = all.find((each) => each.key === key);
          // It was removed meanwhile.
          if (!one) return;
          if (end.kind === 'failed') set(key, { state: 'failed', problem: end.problem, again: end.again });
          else if (end.kind === 'cancelled') become(all.filter((each) => each.key !== key));
          else {
            onSaved(one.platform, end.file, laterFileIds(all, one));
            set(key, { state: 'saved', fileId: end.file.fileId });
          }
          fill();
        },
      });
      if (!ended) running.set(key, stop);
    }
  };
  const remove = (keys: readonly number[]) => {
    become(withoutAnnounced(all.filter((one) => !keys.includes(one.key))));
    for (const key of keys) {
      running.get(key)?.();
      running.delete(key);
    }
  };
  return {
    add(platform, files) {
      const fresh = files.map(
        (file): Upload => ({
          key: ++keys,
          platform,
          file,
          state: 'waiting',
          progress: nothingSent(file),
          problem: null,
          again: false,
          fileId: null,
        }),
      );
      become([...all, ...fresh]);
      fill();
    },
    retry(key) {
      const one = all.find((each) => each.key === key && each.state === 'failed');
      if (!one) return;
      set(key, { state: 'waiting', problem: null, progress: nothingSent(one.file) });
      fill();
    },
    remove(key) {
      remove([key]);
      fill();
    },
    clear() {
      remove(all.map((one) => one.key));
    },
  };
}

/** The uploads that may start now, in the order in which they were chosen. */
export function nextToStart(uploads: readonly Upload[], atOnce: number): readonly Upload[] {
  const free = atOnce - uploads.filter((one) => one.state === 'running').length;
  return uploads.filter((one) => one.state === 'waiting').slice(0, Math.max(0, free));
}

/** Ids of the stored files that were chosen after this one for the same text, in order. */
const laterFileIds = (uploads: readonly Upload[], { key, platform }: Upload): string[] =>
  uploads.flatMap((one) => (one.platform === platform && one.key > key && one.fileId ? [one.fileId] : []));

/** Drops the saved uploads that no earlier upload needs any more to determine its place. */
function withoutAnnounced(uploads: readonly Upload[]): readonly Upload[] {
  const open = new Set<string>();
  return uploads.filter((one) => {
    if (one.state !== 'saved') open.add(one.platform);
    return open.has(one.platform);
  });
}

/**
 * Inserts a file into a text's media: before the first of `later` that is still among them, else at the end. Each file is placed only once.
 */
export function insertInOrder(
  media: readonly MediaDraft[],
  one: MediaDraft,
  later: readonly string[],
): MediaDraft[] {
  if (media.some((m) => m.fileId === one.fileId)) return [...media];
  const next = later.find((fileId) => media.some((m) => m.fileId === fileId));
  const at = next === undefined ? media.length : media.findIndex((m) => m.fileId === next);
  return [...media.slice(0, at), one, ...media.slice(at)];
}

/** The uploads of these platforms that are not complete yet. */
export const pending = (uploads: readonly Upload[], platforms: readonly string[]): readonly Upload[] =>
  uploads.filter(
    (one) => platforms.includes(one.platform) && (one.state === 'waiting' || one.state === 'running'),
  );

/**
 * Returns why a post must not be saved or sent yet, or null: one of its platforms lacks a chosen file. `nameOf` returns the name of a
 * platform.
 */
export function uploadBlockReason(
  uploads: readonly Upload[],
  platforms: readonly string[],
  nameOf: (platform: string) => string,
  t: ReturnType<typeof useTranslations<'media'>>,
): { kind: 'failed' | 'pending'; words: string } | null {
  const failed = uploads.filter((one) => platforms.includes(one.platform) && one.state === 'failed');
  const [first] = failed;
  if (first) {
    const params = { count: failed.length, kind: kindOfFile(first.file) };
    const what =
      platforms.length > 1
        ? t('held.failedFor', { ...params, platform: nameOf(first.platform) })
        : t('held.failed', params);
    const remedy = failed.some((one) => one.again) ? 'tryAgain' : 'chooseAnother';
    return { kind: 'failed', words: `${what} ${t(`held.${remedy}`, { count: failed.length })}` };
  }
  const open = pending(uploads, platforms);
  if (open.length === 0) return null;
  const what = mediaTogether(open.map((one) => ({ kind: kindOfFile(one.file) })));
  return { kind: 'pending', words: t('held.pending', { what }) };
}
