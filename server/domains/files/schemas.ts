import { z } from 'zod';
import { MEDIA_KINDS } from '@/db/schema';
import { body, fileName, id, token, whole } from '@/server/foundation/inputs';
import { piece, stream } from '@/server/verbs/streams';

export const uploadInput = z.object({ name: fileName(), content: body() });
export const uploadMediaInput = uploadInput.extend({
  /** Number of bytes that the client declares. Received bytes are counted in any case. */
  announced: whole({ min: 0, max: Number.MAX_SAFE_INTEGER }).optional(),
});
export const fileOutput = z.object({
  id: z.string(),
  name: z.string(),
  mime: z.string(),
  bytes: z.number(),
});
export const mediaOutput = fileOutput.extend({
  kind: z.enum(MEDIA_KINDS).nullable(),
  /** In pixels. */
  width: z.number().nullable(),
  height: z.number().nullable(),
  durationMs: z.number().nullable(),
  /** Of a document. */
  pages: z.number().nullable(),
});

export const downloadOutput = z.object({
  name: z.string(),
  mime: z.string(),
  /** Size of the whole file. */
  bytes: z.number(),
  content: stream(piece),
});

export const readMediaInput = z.object({
  id: id('file'),
  /** `small`: a small still picture of the file. */
  size: z.enum(['whole', 'small']).default('whole'),
  /** The requested part, as in a `Range` header (RFC 9110, 14.1.2). An invalid range requests the whole file. */
  range: token({ max: 100 }).nullish().catch(null),
});
export const readMediaOutput = z.object({
  mime: z.string(),
  /** Size of the whole file. */
  bytes: z.number(),
  /** The first and the last byte of `content`, if a part was requested. */
  part: z.object({ from: z.number(), last: z.number() }).nullable(),
  /** Null if the part begins beyond the end of the file. */
  content: stream(piece).nullable(),
});
