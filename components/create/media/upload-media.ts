import { fileSize } from '@/components/sell/upload';
import type { MediaDraft } from './types';

export type MediaUploadEnd =
  | { kind: 'saved'; media: MediaDraft }
  | { kind: 'failed'; problem: string; again: boolean }
  | { kind: 'cancelled' };
export interface MediaProgress {
  /** In per cent; left out while the server looks at the file. */
  part?: number;
  words: string;
}

const LOST = 'The upload did not arrive. Check your connection and try again.';
const MOST = 100 * 1024 * 1024;

/**
 * Uploads a picture, GIF or video as it is, and tells how much has left this machine. `onEnd` is called once. Answers how to cancel
 * it.
 */
export function uploadMedia(
  file: File,
  { onProgress, onEnd }: { onProgress(progress: MediaProgress): void; onEnd(end: MediaUploadEnd): void },
): () => void {
  if (file.size > MOST) {
    onEnd({
      kind: 'failed',
      problem: 'This file is larger than 100 MB. Make it smaller and add it again.',
      again: false,
    });
    return () => {};
  }
  // fetch cannot tell how much has left.
  const request = new XMLHttpRequest();
  let cancelled = false;
  request.open('POST', `/api/media?name=${encodeURIComponent(file.name)}`);
  request.setRequestHeader('content-type', 'application/octet-stream');
  request.responseType = 'json';
  request.upload.onprogress = ({ loaded, total, lengthComputable }) =>
    onProgress(
      lengthComputable
        ? {
            part: (loaded / Math.max(1, total)) * 100,
            words: `${fileSize(loaded)} of ${fileSize(file.size)}`,
          }
        : { words: 'Uploading' },
    );
  request.upload.onload = () => onProgress({ words: 'Uploaded. Checking the file' });
  request.onloadend = () => {
    if (cancelled) return onEnd({ kind: 'cancelled' });
    const answer = request.response as (MediaDraft & { id?: string; message?: string }) | null;
    if (request.status === 201 && answer?.id) {
      const { kind, mime, bytes, width, height, durationMs } = answer;
      return onEnd({
        kind: 'saved',
        media: { fileId: answer.id, alt: '', kind, mime, bytes, width, height, durationMs },
      });
    }
    // What the server looked at and refused, it refuses again.
    const again = request.status === 0 || request.status === 429 || request.status >= 500;
    onEnd({ kind: 'failed', problem: answer?.message ?? LOST, again });
  };
  request.send(file);
  return () => {
    cancelled = true;
    request.abort();
  };
}
