import { withOutageResponse } from '@/app/api/outage-answer';
import { readerLocale } from '@/i18n/reader-locale';
import { translatorFor } from '@/i18n/words';
import { attachmentHeader } from '@/server/domains/files/file-name';
import { monthReport } from '@/server/domains/ledger/month-report';
import { monthInput } from '@/server/domains/ledger/schemas';
import { fact } from '@/server/foundation/facts';
import { newTurns } from '@/server/foundation/turns';
import { ctxForViewer, getViewer } from '@/server/trpc/context';
import { refuse, refuseError } from '../../answer';

export const dynamic = 'force-dynamic';

/** Rendering blocks the process and needs much memory. */
const turns = newTurns({ atOnce: 1, most: 40, mostOfOne: 4 });
const RETRY_AFTER_S = 10;

/** A month's statement as a PDF. The renderer is large, so it is loaded on request. */
export const GET = withOutageResponse(
  async (request: Request, { params }: { params: Promise<{ month: string }> }): Promise<Response> => {
    const viewer = await getViewer();
    if (!viewer) return refuse(request, 401, fact('errors.signIn'));
    const input = monthInput.safeParse(await params);
    if (!input.success) return refuse(request, 400, fact('validation.month'));
    try {
      const ctx = await ctxForViewer(viewer);
      const report = await monthReport(ctx, input.data);
      const words = translatorFor(readerLocale(request.headers), 'statement');
      const made = turns.take(ctx.workspaceId, async () => {
        const { renderStatement } = await import('./statement');
        return renderStatement(report, ctx.clock.now(), words);
      });
      if (!made) {
        const answer = refuse(request, 429, fact('errors.tooManyReports'));
        answer.headers.set('Retry-After', String(RETRY_AFTER_S));
        return answer;
      }
      const pdf = await made;
      const name = words.t('fileName', { month: report.month });
      return new Response(Buffer.from(pdf), {
        headers: {
          'Content-Type': 'application/pdf',
          'Content-Disposition': attachmentHeader(name),
          'X-Content-Type-Options': 'nosniff',
          'Cache-Control': 'private, no-store',
        },
      });
    } catch (error) {
      return refuseError(request, error);
    }
  },
);
