import { NextRequest } from 'next/server';
import { handlers } from '@/server/auth';
import { tooLargeAnswer, withLimitedBody } from '@/server/foundation/http/read-body';

export const dynamic = 'force-dynamic';
export const { GET } = handlers;

/** What Auth.js takes is a short form; it reads bodies without a limit. */
const LARGEST = 64 * 1024;

export async function POST(request: NextRequest): Promise<Response> {
  const limited = await withLimitedBody(request, LARGEST);
  return limited ? handlers.POST(new NextRequest(limited)) : tooLargeAnswer();
}
