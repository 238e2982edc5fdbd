import { RETRY_AFTER_S } from './database-unreachable';
import { escapeHtml } from './escape-html';
import { fact, type Words } from './facts';

const page = (
  locale: string,
  { title, words, again }: Record<'title' | 'words' | 'again', string>,
) => `<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
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
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(words)}</p>
<a href="">${escapeHtml(again)}</a>
</main>
</body>
</html>
`;

/**
 * Returns the parts of the response to an outage: status 503, when to retry, and a message in the reader's language, as a page for browsers
 * or as JSON for programs.
 */
export function outageResponseParts(
  headers: Pick<Headers, 'get'>,
  { locale, say }: Words,
): {
  status: number;
  headers: Record<string, string>;
  body: string;
} {
  const isPage = (headers.get('accept') ?? '').includes('text/html');
  const message = say(fact('errors.databaseUnreachable'));
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
