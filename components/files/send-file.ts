/** Stage of an upload: sending, with the number of bytes sent; uploading, when that is unknown; or being checked by the server. */
export type SendStep = { at: 'sending'; sent: number; size: number } | { at: 'uploading' | 'checking' };
/** Progress of an upload. `part` is in per cent and undefined while the total is unknown. `sendWords` turns it into text. */
export interface SendProgress {
  part?: number;
  step: SendStep;
}
/** Why an upload failed: the server refused the file with a message, the file has more than `most` bytes, or it did not arrive. Sizes are in bytes. */
export type SendProblem =
  | { why: 'refused'; message: string }
  | { why: 'tooLarge'; most: number; size: number }
  | { why: 'lost' };
export type UploadResult<T> =
  | { kind: 'saved'; file: T }
  /** `again`: whether a retry with the same file may succeed, because the connection failed and not the file. */
  | { kind: 'failed'; problem: SendProblem; again: boolean }
  | { kind: 'cancelled' };

export const MB = 1024 * 1024;

/** The progress before anything is sent. */
export const nothingSent = (file: File): SendProgress => ({
  part: 0,
  step: { at: 'sending', sent: 0, size: file.size },
});

/**
 * Posts a file, as the request body or in a form, and reports how much has been sent, then that the server checks it. `onEnd` is called
 * once, for a file of more than `most` bytes immediately. Returns a function that cancels the upload.
 */
export function sendFile<T>(
  { to, file, body, most }: { to: string; file: File; body: File | FormData; most: number },
  { onProgress, onEnd }: { onProgress(progress: SendProgress): void; onEnd(end: UploadResult<T>): void },
): () => void {
  if (file.size > most) {
    onEnd({ kind: 'failed', problem: { why: 'tooLarge', most, size: file.size }, again: false });
    return () => {};
  }
  // fetch does not report upload progress.
  const request = new XMLHttpRequest();
  let cancelled = false;
  request.open('POST', to);
  if (body === file) request.setRequestHeader('content-type', 'application/octet-stream');
  request.responseType = 'json';
  onProgress(nothingSent(file));
  request.upload.onprogress = ({ loaded, total, lengthComputable }) => {
    if (!lengthComputable) return onProgress({ step: { at: 'uploading' } });
    onProgress({
      part: (loaded / Math.max(1, total)) * 100,
      step: { at: 'sending', sent: Math.min(loaded, file.size), size: file.size },
    });
  };
  request.upload.onload = () => onProgress({ step: { at: 'checking' } });
  request.onloadend = () => {
    if (cancelled) return onEnd({ kind: 'cancelled' });
    if (request.status === 201 && request.response)
      return onEnd({ kind: 'saved', file: request.response as T });
    const answer = request.response as { message?: string } | null;
    // The server would refuse the same file again. After a 401 the user can sign in in another tab.
    const again = [0, 201, 401, 408, 429].includes(request.status) || request.status >= 500;
    const message = answer?.message;
    const problem: SendProblem = message ? { why: 'refused', message } : { why: 'lost' };
    onEnd({ kind: 'failed', problem, again });
  };
  request.send(body);
  return () => {
    cancelled = true;
    request.abort();
  };
}
