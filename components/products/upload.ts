import { MB, type SendProgress, sendFile, type UploadResult } from '@/components/files/send-file';

/** A file that the server has accepted. */
export interface ChosenFile {
  id: string;
  name: string;
  mime: string;
  bytes: number;
}

const MAX = 20 * MB;

/** Uploads the file that a buyer downloads to /api/files. `onEnd` is called once. Returns a function that cancels the upload. */
export function uploadFile(
  file: File,
  listener: { onProgress(progress: SendProgress): void; onEnd(end: UploadResult<ChosenFile>): void },
): () => void {
  const body = new FormData();
  body.set('file', file);
  return sendFile({ to: '/api/files', file, body, most: MAX }, listener);
}
