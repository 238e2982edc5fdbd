import { z } from 'zod';
import { body, fileName, id, token, whole } from '@/server/foundation/inputs';
import { piece, stream } from '@/server/verbs/streams';

export const uploadInput = z.object({ name: fileName(), content: body() });
export const uploadMediaInput = uploadInput.extend({
  /** How many bytes the sender says that will come; what comes is counted all the same. */
  announced: whole({ min: 0, max: Number.MAX_SAFE_INTEGER }).optional(),
});
export const fileOutput = z.object({
  id: z.string(),
  name: z.string(),
  mime: z.string(),
  bytes: z.number(),
});
export const mediaOutput = fileOutput.extend({
  kind: z.enum(['picture', 'gif', 'video']).nullable(),
  /** In pixels. */
  width: z.number().nullable(),
  height: z.number().nullable(),
  durationMs: z.number().nullable(),
});

export const downloadOutput = z.object({ name: z.string(), mime: z.string(), content: piece });

export const readMediaInput = z.object({
  id: id('file'),
  /** `small`: a small picture of it that stands still. */
  size: z.enum(['whole', 'small']).default('whole'),
  /** The part of it as a `Range` header asks for it (RFC 9110, 14.1.2); what is no range asks for the whole. */
  range: token({ max: 100 }).nullish().catch(null),
});
export const readMediaOutput = z.object({
  mime: z.string(),
  /** Of the whole. */
  bytes: z.number(),
  /** The first and the last byte of what `content` has, when a part was asked for. */
  part: z.object({ from: z.number(), last: z.number() }).nullable(),
  /** Null when the part begins behind the end. */
  content: stream(piece).nullable(),
});
