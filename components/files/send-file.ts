/** How far an upload is: `part` in per cent, left out while the end is not known. */
export interface SendProgress {
  part?: number;
  words: string;
}
export type SendEnd<T> =
  | { kind: 'saved'; file: T }
  /** `again` when the same file may be taken another time: the way was broken, not the file. */
  | { kind: 'failed'; problem: string; again: boolean }
  | { kind: 'cancelled' };

export const MB = 1024 * 1024;

/** A size for people: "1.4 MB". */
export const fileSize = (bytes: number): string =>
  bytes < MB ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / MB).toFixed(1)} MB`;

/** What is told before anything has left. */
export const nothingSent = (file: File): SendProgress => ({ part: 0, words: `0 of ${fileSize(file.size)}` });

/** Why a file is not even sent, when it has more than `most` bytes. */
export const tooLargeToSend = (file: File, most: number): string | null =>
  file.size > most ? `This file is larger than ${most / MB} MB. Make it smaller and upload it again.` : null;

const LOST = 'The upload did not arrive. Check your connection and try again.';

/**
 * Posts a file, as the body itself or within a form, and tells how much has left this machine, then that the server checks it. `onEnd` is
 * called once, at once for a file of more than `most` bytes. Answers how to cancel it.
 */
export function sendFile<T>(
  { to, file, body, most }: { to: string; file: File; body: File | FormData; most: number },
  { onProgress, onEnd }: { onProgress(progress: SendProgress): void; onEnd(end: SendEnd<T>): void },
): () => void {
  const problem = tooLargeToSend(file, most);
  if (problem) {
    onEnd({ kind: 'failed', problem, again: false });
    return () => {};
  }
  // fetch cannot tell how much has left.
  const request = new XMLHttpRequest();
  let cancelled = false;
  request.open('POST', to);
  if (body === file) request.setRequestHeader('content-type', 'application/octet-stream');
  request.responseType = 'json';
  onProgress(nothingSent(file));
  request.upload.onprogress = ({ loaded, total, lengthComputable }) => {
    if (!lengthComputable) return onProgress({ words: 'Uploading' });
    onProgress({
      part: (loaded / Math.max(1, total)) * 100,
      words: `${fileSize(Math.min(loaded, file.size))} of ${fileSize(file.size)}`,
    });
  };
  request.upload.onload = () => onProgress({ words: 'Uploaded. Checking the file' });
  request.onloadend = () => {
    if (cancelled) return onEnd({ kind: 'cancelled' });
    if (request.status === 201 && request.response)
      return onEnd({ kind: 'saved', file: request.response as T });
    const answer = request.response as { message?: string } | null;
    // What the server looked at and refused, it refuses again. Signing in (401) is done in another tab.
    const again = [0, 201, 401, 408, 429].includes(request.status) || request.status >= 500;
    onEnd({ kind: 'failed', problem: answer?.message ?? LOST, again });
  };
  request.send(body);
  return () => {
    cancelled = true;
    request.abort();
  };
}
