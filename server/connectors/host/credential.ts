import type { Connector, Secrets } from '../kit/connector';
import type { WireRequest } from './transport';

/** Where the credential goes in an address (`credential: 'in_address'`). */
export const TOKEN_PLACE = '{token}';
/** What is shown in place of a secret. */
const MASK = '•••';
/** A shorter text cannot be told from ordinary words. */
const SHORTEST = 6;

interface Bearer {
  connector: Connector;
  secrets: Secrets | null;
  now(): Date;
}

/**
 * Adds the credential to a request as the manifest says, or none if there are no secrets. `own` are the connector's headers for this request,
 * which take precedence.
 */
export function placeCredential(
  { connector, secrets, now }: Bearer,
  wire: WireRequest,
  own: Readonly<Record<string, string>> = {},
): WireRequest {
  const ready = { ...wire, headers: { ...wire.headers, ...own } };
  if (!secrets || connector.manifest.auth.kind === 'none') return ready;
  const { credential } = connector.manifest;
  const withHeaders = (headers: Readonly<Record<string, string>>): WireRequest => ({
    ...wire,
    headers: { ...wire.headers, ...headers, ...own },
  });
  if (typeof credential === 'object') return withHeaders({ [credential.header]: secrets.accessToken });
  switch (credential) {
    case 'bearer':
      return withHeaders({ authorization: `Bearer ${secrets.accessToken}` });
    case 'basic':
      return withHeaders({
        authorization: `Basic ${Buffer.from(secrets.accessToken).toString('base64')}`,
      });
    case 'in_address':
      return { ...ready, url: ready.url.replace(TOKEN_PLACE, inPath(secrets.accessToken)) };
    case 'signed': {
      const { sign } = connector.hooks;
      if (!sign) throw new Error(`${connector.manifest.id} cannot sign requests`);
      const { method, url, headers, body } = ready;
      const whole = typeof body === 'object' && 'chunks' in body ? undefined : body;
      return withHeaders(sign({ method, url, headers, body: whole }, secrets, now()));
    }
  }
}

/** A path may contain a colon as it is, and some platforms expect it so. */
const inPath = (token: string): string => encodeURIComponent(token).replaceAll('%3A', ':');

/** Creates a function that replaces every secret in a text, also in the forms in which it is sent. */
export function textMask(secrets: Secrets | null, hidden: readonly string[] = []): (text: string) => string {
  const all = [secrets?.accessToken, secrets?.refreshToken, ...hidden]
    .filter((one): one is string => typeof one === 'string' && one.length >= SHORTEST)
    .flatMap((one) => [
      one,
      encodeURIComponent(one),
      inPath(one),
      Buffer.from(one).toString('base64'),
      JSON.stringify(one).slice(1, -1),
      // The parts of a name and password.
      ...one.split(':').filter((part) => part.length >= SHORTEST && part !== one),
    ]);
  // The longest first, so that no rest of a secret is left behind.
  const forms = [...new Set(all)].sort((a, b) => b.length - a.length);
  return (text) => forms.reduce((rest, form) => rest.replaceAll(form, MASK), text);
}

/** Returns an error with the same code that contains no secret; the error itself if it contains none. */
export function masked(error: unknown, mask: (text: string) => string): unknown {
  if (!(error instanceof Error)) return error;
  const told = [error.message, error.stack ?? '', tellCause(error.cause)].join('\n');
  if (mask(told) === told) return error;
  const { code } = error as { code?: unknown };
  const safe = Object.assign(new Error(mask(error.message)), typeof code === 'string' ? { code } : {});
  safe.name = error.name;
  safe.stack = mask(error.stack ?? '');
  return safe;
}

const tellCause = (cause: unknown): string =>
  cause instanceof Error
    ? `${cause.message}\n${cause.stack ?? ''}\n${tellCause(cause.cause)}`
    : String(cause ?? '');
