import { fact } from '@/server/foundation/facts';
import type { AvailableManifest } from '../kit/manifest';
import { ConnectorFault } from '../kit/types';

/** A token endpoint's refusal, as far as it could be parsed. */
export interface TokenRefusal {
  status: number;
  /**
   * The vendor's error code (RFC 6749, 5.2); undefined if the response is not from an OAuth server: an HTML page, an empty body, invalid
   * data.
   */
  error?: string | undefined;
  description?: string | undefined;
}
/** Purpose of the request: the first tokens for a code, the next tokens, or a revocation. */
export type TokenRequest = 'code' | 'refresh' | 'revocation';

/** The platform rejects the installation's own id or secret: https://www.rfc-editor.org/rfc/rfc6749#section-5.2 */
const CLIENT_REFUSED = ['invalid_client', 'unauthorized_client'];
/** Codes of temporary refusals. `server_error` is defined for the authorization endpoint, but token endpoints send it as well. */
const PASSING = ['temporarily_unavailable', 'server_error', 'slow_down'];

/**
 * Classifies the refusal of a token endpoint. Only the vendor's own report that the grant has ended is `reauth`: `invalid_grant` (RFC 6749,
 * 5.2) or an entry of `grantOver` in the manifest. Everything else is `transient` and retried: a gateway's 404, a firewall's page, an
 * outage. If the platform rejects this installation or its request, `options.installation` is set, because users cannot fix that by
 * reconnecting.
 *
 * A refused code (`code`) ends only its own sign-in, so any refusal with an error code is final there.
 */
export function tokenFault(
  manifest: AvailableManifest,
  request: TokenRequest,
  { status, error, description }: TokenRefusal,
): ConnectorFault {
  const platform = manifest.name;
  const options = { status, vendorCode: safeVendorCode(error) };
  const passing =
    status >= 500 || status === 429 || status === 408 || error === undefined || PASSING.includes(error);
  if (!passing && CLIENT_REFUSED.includes(error))
    return new ConnectorFault('transient', fact('connectors.errors.installationRefused', { platform }), {
      ...options,
      installation: true,
    });
  if (!passing && request === 'code' && (status === 400 || status === 401 || status === 403))
    return new ConnectorFault('reauth', fact('connectors.errors.signInRefused', { platform }), options);
  if (!passing && isGrantOver(manifest, error, description))
    return new ConnectorFault('reauth', fact('connectors.errors.ended', { platform }), options);
  const failed =
    request === 'refresh'
      ? fact('connectors.errors.renewalFailed', { platform })
      : fact('connectors.errors.signInFailedRetry', { platform });
  return new ConnectorFault('transient', failed, {
    ...options,
    // A wrong request stays wrong until the installation is fixed.
    ...(!passing && status !== 404 ? { installation: true } : {}),
  });
}

const isGrantOver = ({ auth }: AvailableManifest, error: string, description: string | undefined): boolean =>
  error === 'invalid_grant' ||
  (auth.kind === 'oauth2' ? (auth.grantOver ?? []) : []).some(
    (over) => over.error === error && over.description === description,
  );

/** Returns a vendor's code if it looks like one, because vendors can send anything. */
export const safeVendorCode = (code: string | undefined): string =>
  code && /^[\w-]{1,64}$/.test(code) ? code : 'unknown';
