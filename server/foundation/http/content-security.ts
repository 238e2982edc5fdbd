/** Policy of every response that does not set its own: nothing in it may be run, displayed or framed. */
export const DEFAULT_POLICY =
  "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Two years, as required for browsers' preload lists (https://hstspreload.org). Omitted if the app itself is not on https. */
export const strictTransport = (appUrl: string): Record<string, string> =>
  appUrl.startsWith('https://') ? { 'Strict-Transport-Security': 'max-age=63072000; includeSubDomains' } : {};

export interface PagePolicy {
  /** Identifies the scripts of this response. Never used twice. */
  nonce: string;
  /** In development, hot reload evaluates code and opens a socket. */
  development: boolean;
  /** Additional origin for images and media: the sandbox, if it runs separately. */
  sandboxOrigin: string | null;
}

/**
 * Returns the policy of the app's pages. Scripts run only with the nonce, or if such a script loads them ('strict-dynamic'). Inline styles
 * are allowed, because components set widths and positions on elements, and style attributes do not support a nonce.
 */
export function pagePolicy(o: PagePolicy): string {
  const also = o.sandboxOrigin ? [o.sandboxOrigin] : [];
  const directives: Record<string, readonly string[]> = {
    'default-src': ["'self'"],
    'script-src': [
      "'self'",
      `'nonce-${o.nonce}'`,
      "'strict-dynamic'",
      ...(o.development ? ["'unsafe-eval'"] : []),
    ],
    'script-src-attr': ["'none'"],
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:', 'blob:', ...also],
    'media-src': ["'self'", 'blob:', ...also],
    'font-src': ["'self'"],
    'connect-src': ["'self'", ...(o.development ? ['ws:', 'wss:'] : [])],
    'worker-src': ["'self'", 'blob:'],
    'frame-src': ["'self'"],
    'manifest-src': ["'self'"],
    'object-src': ["'none'"],
    'base-uri': ["'none'"],
    'form-action': ["'self'"],
    'frame-ancestors': ["'none'"],
  };
  return Object.entries(directives)
    .map(([name, values]) => `${name} ${values.join(' ')}`)
    .join('; ');
}

/** Returns the nonce of a page's policy, for inline scripts of this app. */
export const nonceOf = (policy: string | null): string | undefined =>
  /'nonce-([^']+)'/.exec(policy ?? '')?.[1];
