import { withOutageResponse } from '@/app/api/outage-answer';
import { readerLocale } from '@/i18n/reader-locale';
import { translatorFor, wordsFor } from '@/i18n/words';
import { services } from '@/inngest/services';
import { decideByLink, type LinkResult, readByLink } from '@/server/domains/approvals/decide-by-link';
import { linkPage } from '@/server/domains/approvals/link-page';
import type { Decision } from '@/server/domains/approvals/schemas';
import { env } from '@/server/foundation/env';
import { tooLargeResponse, withLimitedBody } from '@/server/foundation/http/read-body';

/** Maximum size of the form, in bytes. */
const LARGEST = 2000;

type Params = { params: Promise<{ token: string }> };

const decisionOf = (value: unknown): Decision | null =>
  value === 'approve' || value === 'reject' ? value : null;

/** Shows what is to be decided. Changes nothing, because mail scanners open every link. */
export const GET = withOutageResponse(async (request: Request, { params }: Params): Promise<Response> => {
  const { token } = await params;
  const wanted = decisionOf(new URL(request.url).searchParams.get('decision'));
  return answer(request, await readByLink(await services(), token), wanted ?? 'approve');
});

/** Decides on exactly what the page showed. The token in the URL is the only authorization; it belongs to one user and one approval. */
export const POST = withOutageResponse(async (request: Request, { params }: Params): Promise<Response> => {
  const { token } = await params;
  const limited = await withLimitedBody(request, LARGEST);
  if (!limited) return tooLargeResponse(wordsFor(request));
  const { decision, fingerprint } = await readForm(limited);
  if (!decision) return answer(request, await readByLink(await services(), token), 'approve');
  return answer(request, await decideByLink(await services(), token, { decision, fingerprint }), decision);
});

/** Reads the pressed button and the fingerprint of what the page showed. */
async function readForm(limited: Request): Promise<{ decision: Decision | null; fingerprint: string }> {
  try {
    const form = await limited.formData();
    const fingerprint = form.get('fingerprint');
    return {
      decision: decisionOf(form.get('decision')),
      fingerprint: typeof fingerprint === 'string' ? fingerprint : '',
    };
  } catch {
    return { decision: null, fingerprint: '' };
  }
}

function answer({ headers }: Request, found: LinkResult, preferred: Decision): Response {
  const words = translatorFor(readerLocale(headers), 'approvalLink');
  const { status, html } = linkPage(found, { appUrl: env().appUrl, preferred, words });
  return new Response(html, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    },
  });
}
