/** A file that the server has taken. */
export interface ChosenFile {
  id: string;
  name: string;
  mime: string;
  bytes: number;
}
/** How far an upload is: `part` in per cent, left out while the end is not known. */
export interface UploadProgress {
  part?: number;
  words: string;
}
export type UploadEnd =
  | { kind: 'saved'; file: ChosenFile }
  | { kind: 'failed'; problem: string }
  | { kind: 'cancelled' };

/** A size for people: "1.4 MB". */
export const fileSize = (bytes: number): string =>
  bytes < 1024 * 1024
    ? `${Math.max(1, Math.round(bytes / 1024))} KB`
    : `${(bytes / 1024 / 1024).toFixed(1)} MB`;

const LOST = 'The upload did not arrive. Check your connection and try again.';

/**
 * Uploads a file to /api/files and tells how much has left this machine, then that the server checks it. `onEnd` is called once. Answers
 * how to cancel it.
 */
export function uploadFile(
  file: File,
  { onProgress, onEnd }: { onProgress(progress: UploadProgress): void; onEnd(end: UploadEnd): void },
): () => void {
  const form = new FormData();
  form.set('file', file);
  // fetch cannot tell how much has left.
  const request = new XMLHttpRequest();
  let cancelled = false;
  request.open('POST', '/api/files');
  request.responseType = 'json';
  onProgress({ part: 0, words: `0 of ${fileSize(file.size)}` });
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
    if (request.status === 201) return onEnd({ kind: 'saved', file: request.response as ChosenFile });
    const answer = request.response as { message?: string } | null;
    onEnd({ kind: 'failed', problem: answer?.message ?? LOST });
  };
  request.send(form);
  return () => {
    cancelled = true;
    request.abort();
  };
}
