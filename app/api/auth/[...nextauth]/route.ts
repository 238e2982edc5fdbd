import { NextRequest } from 'next/server';
import { withOutageResponse } from '@/app/api/outage-answer';
import { wordsFor } from '@/i18n/words';
import { handlers } from '@/server/auth';
import { fact } from '@/server/foundation/facts';
import { dropBrokenAuthCookies, isCallbackAddress } from '@/server/foundation/http/auth-request';
import { tooLargeResponse, withLimitedBody } from '@/server/foundation/http/read-body';
import { refuse } from '../../answer';

export const dynamic = 'force-dynamic';

/** Maximum size of a body, in bytes. Auth.js only needs short forms but reads bodies without a limit. */
const LARGEST = 64 * 1024;

/** Rejects malformed requests first, because Auth.js would report them as configuration errors on its own error pages. */
const handle = withOutageResponse(
  async (request: NextRequest): Promise<Response> => {
    if (request.nextUrl.searchParams.getAll('callbackUrl').some((one) => !isCallbackAddress(one)))
      return refuse(request, 400, fact('validation.callback'));
    const limited = await withLimitedBody(request, LARGEST);
    if (!limited) return tooLargeResponse(wordsFor(request));
    const headers = new Headers(limited.headers);
    dropBrokenAuthCookies(headers);
    const wellFormed = new NextRequest(limited, { headers });
    return request.method === 'POST' ? handlers.POST(wellFormed) : handlers.GET(wellFormed);
  },
  { swallows: true },
);
export const GET = handle;
export const POST = handle;
