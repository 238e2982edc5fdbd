import { downloadFile } from './files/read-file';
import { readMedia } from './files/read-media';
import { uploadFile, uploadMedia } from './files/upload';
import { writeDrafts } from './generation/write-drafts';
import { followChanges } from './live/follow-changes';

/** The verbs that receive or return bytes or a stream. Each has its own route (app/api), because JSON cannot carry them. */
export const streamVerbs = {
  files: {
    upload: uploadFile,
    uploadMedia,
    download: downloadFile,
    media: readMedia,
  },
  generation: {
    write: writeDrafts,
  },
  live: {
    changes: followChanges,
  },
} as const;
