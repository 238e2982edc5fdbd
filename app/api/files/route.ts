import { withOutageResponse } from '@/app/api/outage-answer';
import { isTooLarge, MAX_FILE_BYTES, tooLarge } from '@/server/domains/files/limits';
import { uploadFile } from '@/server/domains/files/upload';
import { fact } from '@/server/foundation/facts';
import { ctxForViewer, getViewer } from '@/server/trpc/context';
import { isSameOrigin } from '@/server/trpc/same-origin';
import { refuse, refuseError } from '../answer';

export const dynamic = 'force-dynamic';

/** Allowance for the boundaries and headers of the form around the file. */
const FORM_EXTRA = 16 * 1024;

/** Receives one file as multipart form data, field `file`. Stops reading beyond 20 MB. */
export const POST = withOutageResponse(async (request: Request): Promise<Response> => {
  if (!isSameOrigin(request)) return refuse(request, 403, fact('errors.otherSite'));
  const viewer = await getViewer();
  if (!viewer) return refuse(request, 401, fact('errors.signIn'));
  try {
    const ctx = await ctxForViewer(viewer);
    // Checks access before the body is read.
    uploadFile.requireAccess(ctx);
    const file = await readFile(request);
    if (!file)
      return refuse(request, 400, fact('errors.chooseFile'), { fields: { file: fact('errors.chooseFile') } });
    const saved = await uploadFile(ctx, { name: file.name, content: stream(file) });
    return Response.json(saved, { status: 201, headers: { 'Cache-Control': 'private, no-store' } });
  } catch (error) {
    return refuseError(request, error, isTooLarge(error) ? 413 : undefined);
  }
});

async function readFile(request: Request): Promise<File | null> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^multipart\/form-data\s*;/i.test(type) || !request.body) return null;
  const declared = Number(request.headers.get('content-length') ?? '0');
  if (declared > MAX_FILE_BYTES + FORM_EXTRA) throw tooLarge();
  let bytes = 0;
  let over = false;
  // The declared length may be wrong or missing, so the received bytes are counted.
  const counted = request.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.byteLength;
        if (bytes <= MAX_FILE_BYTES + FORM_EXTRA) return controller.enqueue(chunk);
        over = true;
        controller.error(new Error('The upload is too large'));
      },
    }),
  );
  try {
    const form = await new Response(counted, { headers: { 'content-type': type } }).formData();
    const file = form.get('file');
    return file instanceof File ? file : null;
  } catch {
    if (over) throw tooLarge();
    return null;
  }
}

async function* stream(file: File): AsyncIterable<Uint8Array> {
  const reader = file.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}
