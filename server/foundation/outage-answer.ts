import { wordsFor } from '@/i18n/words';
import { isDatabaseAway, RETRY_AFTER_S } from './database-away';
import { fact } from './facts';
import { type RequestOutage, whileAnswering } from './request-outage';

const page = (
  locale: string,
  { title, words, again }: Record<'title' | 'words' | 'again', string>,
) => `<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
:root{color-scheme:light dark}
body{margin:0;font:16px/1.5 system-ui,sans-serif;background:Canvas;color:CanvasText}
main{max-width:32rem;margin:0 auto;padding:4rem 1.5rem}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .75rem}
a{display:inline-flex;align-items:center;min-height:44px;margin-top:1rem;padding:0 1.25rem;border:1px solid currentColor;border-radius:8px;color:inherit;text-decoration:none}
</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p>${words}</p>
<a href="">${again}</a>
</main>
</body>
</html>
`;

/** An answer as its parts: 503, when to come again, and the words as a page for browsers or as JSON for programs. */
export function outageParts(headers: Pick<Headers, 'get'>): {
  status: number;
  headers: Record<string, string>;
  body: string;
} {
  const { locale, say } = wordsFor({ headers });
  const isPage = (headers.get('accept') ?? '').includes('text/html');
  const message = say(fact('errors.databaseAway'));
  return {
    status: 503,
    headers: {
      'Content-Type': isPage ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8',
      'Cache-Control': 'no-store',
      'Retry-After': String(RETRY_AFTER_S),
      'Content-Security-Policy': `default-src 'none'; ${isPage ? "style-src 'unsafe-inline'; " : ''}base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    },
    body: isPage
      ? page(locale, {
          title: say(fact('errors.outage.title')),
          words: message,
          again: say(fact('errors.outage.again')),
        })
      : JSON.stringify({ message, error: { message }, fields: {} }),
  };
}

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
      const { body, ...init } = outageParts(request.headers);
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
