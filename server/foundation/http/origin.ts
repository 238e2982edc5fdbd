/** The headers of a request that say where it comes from. */
export interface Provenance {
  origin: string | null | undefined;
  /** Sec-Fetch-Site: what the browser itself says; no page can write it. */
  site: string | null | undefined;
  host: string | null | undefined;
  /** What a trusted proxy says was asked for. The request guard removes what others wrote there. */
  forwardedHost?: string | null | undefined;
}

/** Paths that others call on purpose; each has a proof of its own instead (a signature, a token, a page's own check). */
const CALLED_BY_OTHERS: readonly RegExp[] = [
  /^\/api\/webhooks\//,
  /^\/api\/inngest$/,
  // Stand-ins of other sites. Their pages check the origin of their forms themselves (server/sandbox/http.ts).
  /^\/sandbox(\/|$)/,
];

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Whether a request that may change something comes from somewhere else than our own pages. Browsers say where from in Sec-Fetch-Site
 * and Origin; a request with neither is no browser's and carries no person's cookie by accident. A page that sends no referrer has the
 * origin "null" in its forms: then only Sec-Fetch-Site can say that it is ours.
 */
export function isForeign(from: Provenance, appUrl: string): boolean {
  const { origin, site } = from;
  if (site && site !== 'same-origin' && site !== 'none') return true;
  if (!origin) return false;
  if (origin === 'null') return site !== 'same-origin';
  let host: string;
  try {
    host = new URL(origin).host;
  } catch {
    return true;
  }
  const own = [from.forwardedHost, from.host, new URL(appUrl).host];
  return !own.some((name) => name?.toLowerCase() === host);
}

/** Whether a request is refused because of where it comes from. The one policy for every route and page. */
export function isRefusedOrigin(
  request: Provenance & { method: string; path: string },
  appUrl: string,
): boolean {
  if (SAFE.has(request.method.toUpperCase())) return false;
  if (CALLED_BY_OTHERS.some((pattern) => pattern.test(request.path))) return false;
  return isForeign(request, appUrl);
}
