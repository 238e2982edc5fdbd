/** What happens to a file: so many of its bytes have left this machine, it is on its way, or the server looks at it. */
export type SendStep = { at: 'sending'; sent: number; size: number } | { at: 'uploading' | 'checking' };
/** How far an upload is: `part` in per cent, left out while the end is not known. `sendWords` says it. */
export interface SendProgress {
  part?: number;
  step: SendStep;
}
/** Why a file was not taken: the server says why itself, it has more than `most` bytes, or it did not arrive. */
export type SendProblem =
  | { why: 'refused'; message: string }
  | { why: 'tooLarge'; most: number }
  | { why: 'lost' };
export type SendEnd<T> =
  | { kind: 'saved'; file: T }
  /** `again` when the same file may be taken another time: the connection was broken, not the file. */
  | { kind: 'failed'; problem: SendProblem; again: boolean }
  | { kind: 'cancelled' };

export const MB = 1024 * 1024;

/** What is told before anything has left. */
export const nothingSent = (file: File): SendProgress => ({
  part: 0,
  step: { at: 'sending', sent: 0, size: file.size },
});

/**
 * Posts a file, as the body itself or within a form, and tells how much has left this machine, then that the server checks it. `onEnd` is
 * called once, at once for a file of more than `most` bytes. Answers how to cancel it.
 */
export function sendFile<T>(
  { to, file, body, most }: { to: string; file: File; body: File | FormData; most: number },
  { onProgress, onEnd }: { onProgress(progress: SendProgress): void; onEnd(end: SendEnd<T>): void },
): () => void {
  if (file.size > most) {
    onEnd({ kind: 'failed', problem: { why: 'tooLarge', most }, again: false });
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
    // What the server looked at and refused, it refuses again. Signing in (401) is done in another tab.
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
