import type { IncomingMessage } from 'node:http';
import { ACTION_ID } from './body';
import { isRefusedOrigin } from './origin';

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const HOST = /^(?:[a-z0-9_](?:[a-z0-9._-]*)|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/**
 * Maximum number of query parameters and of cookies. This app uses a few, and browsers store at most 180 cookies per site. Next's
 * processing time grows with the square of their number: a second for as many as fit into a head.
 */
const MAX_QUERY_PARTS = 200;
const MAX_COOKIES = 200;

/** Next's own image route. It is turned off (next.config.ts) and would render a page to say so. */
const IMAGE_OPTIMIZER = /^\/_next\/image\/?$/;

/**
 * Returns the status with which a request is refused because of its head, or null. Requests that no page or route could answer properly are
 * refused here, in one place, before they reach code that would fail on them.
 */
export function refusalStatus(request: IncomingMessage, path: string, appUrl: string): number | null {
  const { headers, method = 'GET', url = '' } = request;
  if (!METHODS.has(method)) return 405;
  if (!isReadablePath(url, path)) return 400;
  if (IMAGE_OPTIMIZER.test(path)) return 404;
  if (exceedsCount(url, '&', MAX_QUERY_PARTS)) return 400;
  if (exceedsCount(headers.cookie ?? '', ';', MAX_COOKIES)) return 431;
  if (headers.host !== undefined && !HOST.test(headers.host)) return 400;
  if (isAmbiguous(request)) return 400;
  // Nothing here decompresses bodies, so a compressed one would be counted by its compressed size.
  if (headers['content-encoding'] !== undefined && headers['content-encoding'].trim() !== 'identity')
    return 415;
  if (
    headers['transfer-encoding'] !== undefined &&
    headers['transfer-encoding'].trim().toLowerCase() !== 'chunked'
  )
    return 400;
  const type = headers['content-type'];
  if (type !== undefined && /^\s*multipart\//i.test(type) && !/;\s*boundary=("[^"\s]|[^"\s;])/i.test(type))
    return 400;
  const action = one(headers['next-action']);
  if (action !== undefined && !ACTION_ID.test(action)) return 400;
  const foreign = isRefusedOrigin(
    {
      method,
      path,
      origin: headers.origin,
      site: one(headers['sec-fetch-site']),
      host: headers.host,
      forwardedHost: one(headers['x-forwarded-host']),
    },
    appUrl,
  );
  return foreign ? 403 : null;
}

/** Whether a character occurs in a text more than `times` times. */
function exceedsCount(text: string, character: string, times: number): boolean {
  let found = 0;
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1))
    if (++found > times) return true;
  return false;
}

/**
 * Whether a proxy may have parsed a head differently than Node: two hosts (RFC 9112, 3.2), or chunks in a protocol version without them
 * (6.1). Node itself refuses a length together with chunks, and two lengths.
 */
function isAmbiguous({ rawHeaders, headers, httpVersion }: IncomingMessage): boolean {
  if (httpVersion === '1.0' && headers['transfer-encoding'] !== undefined) return true;
  return rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host').length > 1;
}

const one = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;

/** Whether the target of a request is a path that can be decoded to text without a NUL. */
function isReadablePath(url: string, path: string): boolean {
  if (!url.startsWith('/')) return false;
  try {
    return !decodeURIComponent(path).includes('\0');
  } catch {
    return false;
  }
}
