import { wordsFor } from '@/i18n/words';
import { isDatabaseAway, RETRY_AFTER_S } from '@/server/foundation/database-away';
import { outageParts } from '@/server/foundation/outage-answer';
import { type RequestOutage, whileAnswering } from '@/server/foundation/request-outage';

/** Retry-After on a 503 that a handler wrote in its own words. */
function retriable(answer: Response): Response {
  if (answer.status === 503 && !answer.headers.has('Retry-After'))
    answer.headers.set('Retry-After', String(RETRY_AFTER_S));
  return answer;
}

/**
 * A route handler that answers 503 when the database is away: when it throws such an error, and also when it has answered 500 after one.
 * `swallows`: a library in it turns errors into answers of its own, so none of its answers counts.
 */
export function withOutageAnswer<R extends Request, Rest extends unknown[]>(
  handler: (request: R, ...rest: Rest) => Promise<Response>,
  { swallows = false }: { swallows?: boolean } = {},
): (request: R, ...rest: Rest) => Promise<Response> {
  return async (request, ...rest) => {
    const outage: RequestOutage = { databaseAway: false };
    const away = () => {
      const { body, ...init } = outageParts(request.headers, wordsFor(request));
      return new Response(body, init);
    };
    let answer: Response;
    try {
      answer = await whileAnswering(outage, () => handler(request, ...rest));
    } catch (error) {
      if (isDatabaseAway(error)) return away();
      throw error;
    }
    if (!outage.databaseAway) return answer;
    return swallows || answer.status === 500 ? away() : retriable(answer);
  };
}
