import { type Ctx, json } from '../http';
import { bytesOf, firstWrong, readBody } from '../shell/body';
import { addFile, MB, type MediaRow, ownMedia, processing, typeOf } from '../shell/media';
import type { World } from '../world';
import { invalid, notFound, problem } from './errors';
import { limitsOf } from './instance';
import { mediaShape } from './shapes';

/** Accepted types, with the kind and the limit that applies. */
const TYPES: Record<string, { kind: MediaRow['kind']; limit: 'image_size_limit' | 'video_size_limit' }> = {
  'image/jpeg': { kind: 'image', limit: 'image_size_limit' },
  'image/png': { kind: 'image', limit: 'image_size_limit' },
  'image/webp': { kind: 'image', limit: 'image_size_limit' },
  'image/gif': { kind: 'gif', limit: 'image_size_limit' },
  'video/mp4': { kind: 'video', limit: 'video_size_limit' },
};
const NOT_PROCESSED = 'Error processing thumbnail for uploaded media';

/** Pictures are processed at once, all others after the response. */
export async function createMedia(world: World, c: Ctx): Promise<Response> {
  const { fields, files } = await readBody(c);
  const file = files.get('file');
  if (!file) return invalid("File can't be blank");
  const limits = await limitsOf(world, c);
  const terms = TYPES[file.type];
  if (!terms || !limits.supported_mime_types.includes(file.type))
    return invalid('File content type is invalid');
  const altText = String(fields.description ?? '');
  const most = limits[terms.limit];
  const longest = limits.description_limit;
  const wrong = firstWrong([
    [file.size > most, `File file size must be less than ${most / MB} MB`],
    [[...altText].length > longest, `Description is too long (maximum is ${longest} characters)`],
  ]);
  if (wrong) return invalid(wrong);
  const bytes = await bytesOf(file);
  const isPicture = terms.kind === 'image';
  const fails = typeOf(bytes.subarray(0, 64)) !== file.type;
  if (isPicture && (fails || c.get('struck').includes('processing_fails')))
    return problem(500, NOT_PROCESSED);
  const announced = { kind: terms.kind, contentType: file.type, altText };
  const row = await addFile(world, c, bytes, announced, { seconds: isPicture ? 0 : 4, fails });
  const ready = row.processSeconds === 0;
  return json(mediaShape(world, row, ready), ready ? 200 : 202);
}

/** Returns a file of the account that no post uses, or undefined. */
export async function unusedMedia(world: World, c: Ctx, id: string): Promise<MediaRow | undefined> {
  const row = await ownMedia(world, c, id);
  return row?.postId === null ? row : undefined;
}

export async function getMedia(world: World, c: Ctx): Promise<Response> {
  const row = (await unusedMedia(world, c, c.req.param('id') ?? '')) ?? notFound();
  const { state } = processing(row, c.get('now'));
  if (state === 'failed') return problem(422, NOT_PROCESSED);
  if (state !== 'succeeded') return new Response(null, { status: 206 });
  return json(mediaShape(world, row, true));
}
