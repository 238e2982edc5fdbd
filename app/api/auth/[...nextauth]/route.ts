import { NextRequest } from 'next/server';
import { handlers } from '@/server/auth';
import { tooLargeAnswer, withLimitedBody } from '@/server/foundation/http/read-body';
import { withOutageAnswer } from '@/server/foundation/outage-answer';

export const dynamic = 'force-dynamic';
/** Auth.js answers errors with pages of its own. */
const SWALLOWS = { swallows: true };
export const GET = withOutageAnswer((request: NextRequest) => handlers.GET(request), SWALLOWS);

/** What Auth.js takes is a short form; it reads bodies without a limit. */
const LARGEST = 64 * 1024;

export const POST = withOutageAnswer(async (request: NextRequest): Promise<Response> => {
  const limited = await withLimitedBody(request, LARGEST);
  return limited ? handlers.POST(new NextRequest(limited)) : tooLargeAnswer();
}, SWALLOWS);
