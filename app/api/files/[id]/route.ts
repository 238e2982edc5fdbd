import { withOutageResponse } from '@/app/api/outage-answer';
import { attachmentHeader } from '@/server/domains/files/file-name';
import { downloadFile } from '@/server/domains/files/read-file';
import { notFound } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { ctxForViewer, getViewer } from '@/server/trpc/context';
import { refuse, refuseError } from '../../answer';

export const dynamic = 'force-dynamic';

/** Serves a file of the viewer's workspace, always as a download and never as a page. */
export const GET = withOutageResponse(
  async (request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> => {
    const viewer = await getViewer();
    if (!viewer) return refuse(request, 401, fact('errors.signIn'));
    try {
      // A malformed id matches no file.
      const asked = downloadFile.input.safeParse(await params);
      if (!asked.success) throw notFound('file');
      const { name, mime, bytes, content } = await downloadFile(await ctxForViewer(viewer), asked.data);
      return new Response(content as ReadableStream<Uint8Array<ArrayBuffer>>, {
        headers: {
          'Content-Type': mime,
          'Content-Length': String(bytes),
          'Content-Disposition': attachmentHeader(name),
          'X-Content-Type-Options': 'nosniff',
          'Content-Security-Policy': "default-src 'none'; sandbox",
          'Cache-Control': 'private, no-store',
        },
      });
    } catch (error) {
      return refuseError(request, error);
    }
  },
);
