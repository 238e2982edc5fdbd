import { env } from '@/server/foundation/env';
import { isCrossOrigin } from '@/server/foundation/http/origin';

/**
 * Whether a request comes from our own pages. The route handlers check this themselves, because a serverless host has no request guard in
 * front of them.
 */
export function isSameOrigin(request: Request): boolean {
  const { headers } = request;
  return !isCrossOrigin(
    {
      origin: headers.get('origin'),
      site: headers.get('sec-fetch-site'),
      host: headers.get('host'),
      forwardedHost: headers.get('x-forwarded-host'),
    },
    env().appUrl,
  );
}
