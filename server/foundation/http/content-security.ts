/** The policy of every answer that brings none of its own: nothing in it is run, shown or framed. */
export const ANSWER_POLICY =
  "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Two years, as browsers' preload lists want it (https://hstspreload.org). Left out where the app itself is not on https. */
export const strictTransport = (appUrl: string): Record<string, string> =>
  appUrl.startsWith('https://') ? { 'Strict-Transport-Security': 'max-age=63072000; includeSubDomains' } : {};

export interface PagePolicy {
  /** Marks the scripts of this one answer. Never used twice. */
  nonce: string;
  /** Hot reload evaluates code and listens on a socket. */
  development: boolean;
  /** Other addresses that pages read from and show pictures of: the sandbox, where it runs alone. */
  sandboxOrigin: string | null;
}

/**
 * The policy of the app's pages. Scripts run by their nonce only, and what they load by the trust in them ('strict-dynamic'). Styles are open:
 * components set widths and positions on elements, and style attributes know no nonce.
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

/** The nonce of a page's policy, for the scripts that we write ourselves. */
export const nonceOf = (policy: string | null): string | undefined =>
  /'nonce-([^']+)'/.exec(policy ?? '')?.[1];
