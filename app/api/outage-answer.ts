import { wordsFor } from '@/i18n/words';
import { isDatabaseUnreachable, RETRY_AFTER_S } from '@/server/foundation/database-unreachable';
import { outageResponseParts } from '@/server/foundation/outage-answer';
import { type RequestOutage, whileAnswering } from '@/server/foundation/request-outage';

/** Adds Retry-After to a 503 that a handler wrote itself. */
function withRetryAfter(answer: Response): Response {
  if (answer.status === 503 && !answer.headers.has('Retry-After'))
    answer.headers.set('Retry-After', String(RETRY_AFTER_S));
  return answer;
}

/**
 * Wraps a route handler so that it responds with 503 when the database is unreachable: when it throws such an error, and also when it
 * responds with 500 after one. `swallows` is for handlers with a library that turns errors into its own responses; after an outage, every
 * response of theirs is replaced.
 */
export function withOutageResponse<R extends Request, Rest extends unknown[]>(
  handler: (request: R, ...rest: Rest) => Promise<Response>,
  { swallows = false }: { swallows?: boolean } = {},
): (request: R, ...rest: Rest) => Promise<Response> {
  return async (request, ...rest) => {
    const outage: RequestOutage = { databaseUnreachable: false };
    const away = () => {
      const { body, ...init } = outageResponseParts(request.headers, wordsFor(request));
      return new Response(body, init);
    };
    let answer: Response;
    try {
      answer = await whileAnswering(outage, () => handler(request, ...rest));
    } catch (error) {
      if (isDatabaseUnreachable(error)) return away();
      throw error;
    }
    if (!outage.databaseUnreachable) return answer;
    return swallows || answer.status === 500 ? away() : withRetryAfter(answer);
  };
}
