import { MB, type SendProgress, sendFile, type UploadResult } from '@/components/files/send-file';
import type { MediaDraft } from './types';

const MAX = 100 * MB;

/** Response of /api/media. */
type Saved = Omit<MediaDraft, 'fileId' | 'alt' | 'name'> & { id: string; name: string };

/** Uploads a post's picture, GIF or video unchanged. `onEnd` is called once. Returns a function that cancels the upload. */
export function uploadMedia(
  file: File,
  listener: { onProgress(progress: SendProgress): void; onEnd(end: UploadResult<MediaDraft>): void },
): () => void {
  const to = `/api/media?name=${encodeURIComponent(file.name)}`;
  return sendFile<Saved>(
    { to, file, body: file, most: MAX },
    {
      onProgress: listener.onProgress,
      onEnd: (end) => listener.onEnd(end.kind === 'saved' ? { kind: 'saved', file: drafted(end.file) } : end),
    },
  );
}

const drafted = ({ id, name, kind, mime, bytes, width, height, durationMs, pages }: Saved): MediaDraft => ({
  fileId: id,
  name,
  alt: '',
  kind,
  mime,
  bytes,
  width,
  height,
  durationMs,
  ...(pages === null ? {} : { pages }),
});
