import { downloadFile } from './files/read-file';
import { readMedia } from './files/read-media';
import { uploadFile, uploadMedia } from './files/upload';
import { writeDrafts } from './generation/write-drafts';
import { followChanges } from './live/follow-changes';

/** The verbs that take or answer bytes or a stream: each has a route of its own (app/api), and JSON cannot carry them. */
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
