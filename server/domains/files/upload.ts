import { defineVerb } from '@/server/verbs/define';
import { MAX_MEDIA_BYTES, tooLarge } from './limits';
import { saveFile } from './save-file';
import { saveMedia } from './save-media';
import { fileOutput, mediaOutput, uploadInput, uploadMediaInput } from './schemas';

/** Uploads a file for sale: at most 20 MB, and of an accepted kind, as detected from its content. Identical files are stored once. */
export const uploadFile = defineVerb({
  verb: 'files.upload',
  access: 'files.upload',
  effect: 'change',
  input: uploadInput,
  output: fileOutput,
  run: (ctx, input) => saveFile({ ctx, input }),
});

/** Uploads a picture, GIF, video or document for posts, at most 100 MB, and writes it to disk as it arrives. Identical content is stored once. */
export const uploadMedia = defineVerb({
  verb: 'files.uploadMedia',
  access: 'files.upload',
  effect: 'change',
  input: uploadMediaInput,
  output: mediaOutput,
  run: async (ctx, { announced = 0, ...input }) => {
    if (announced > MAX_MEDIA_BYTES) throw tooLarge(MAX_MEDIA_BYTES, announced);
    return saveMedia({ ctx, input });
  },
});
