/** The headers of a request that indicate its origin. */
export interface Provenance {
  origin: string | null | undefined;
  /** Sec-Fetch-Site, which the browser itself sets and no page can change. */
  site: string | null | undefined;
  host: string | null | undefined;
  /** The requested host according to a trusted proxy. The request guard removes the header if any other client set it. */
  forwardedHost?: string | null | undefined;
}

/** Paths that other parties call on purpose. Each has its own proof instead (a signature, a token, a page's own check). */
const EXTERNAL_PATHS: readonly RegExp[] = [
  /^\/api\/webhooks\//,
  /^\/api\/inngest$/,
  // Simulated third-party sites. Their pages check the origin of forms themselves (server/sandbox/http.ts).
  /^\/sandbox(\/|$)/,
];

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Whether a request that may change something does not come from our own pages. Browsers state its origin in Sec-Fetch-Site and Origin. A
 * request with neither does not come from a browser and cannot carry a user's cookie by accident. On a page that sends no referrer, forms
 * have the origin "null", and only Sec-Fetch-Site can show that it is ours.
 */
export function isCrossOrigin(from: Provenance, appUrl: string): boolean {
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

/** Whether a request is refused because of its origin. The single policy for all routes and pages. */
export function isRefusedOrigin(
  request: Provenance & { method: string; path: string },
  appUrl: string,
): boolean {
  if (SAFE.has(request.method.toUpperCase())) return false;
  if (EXTERNAL_PATHS.some((pattern) => pattern.test(request.path))) return false;
  return isCrossOrigin(request, appUrl);
}
