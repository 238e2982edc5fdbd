import { fact } from '@/server/foundation/facts';
import type { AvailableManifest } from '../kit/manifest';
import { ConnectorFault } from '../kit/types';

/** What a token endpoint said when it refused, as far as it could be read. */
export interface TokenRefusal {
  status: number;
  /** The vendor's error code (RFC 6749, 5.2); undefined when the answer was none of an OAuth server: a page, an empty body, nonsense. */
  error?: string | undefined;
  description?: string | undefined;
}
/** What was asked for: a first pair of tokens for a code, the next pair, or the end of a token. */
export type TokenRequest = 'code' | 'refresh' | 'revocation';

/** The installation's own id or secret is refused: https://www.rfc-editor.org/rfc/rfc6749#section-5.2 */
const CLIENT_REFUSED = ['invalid_client', 'unauthorized_client'];
/** Refusals that say themselves that they pass. `server_error` belongs to the authorization endpoint, and is sent by token endpoints all the same. */
const PASSING = ['temporarily_unavailable', 'server_error', 'slow_down'];

/**
 * What the refusal of a token endpoint means. Only the vendor's own "this grant is over" is `reauth`: `invalid_grant` (RFC 6749, 5.2) or
 * what the manifest names beside it. All else is `transient`, and tried again: a gateway's 404, a page of a firewall, an outage. Where it is
 * this installation that is refused, or its request, `options.installation` is set: people cannot mend it by connecting again.
 *
 * A refused code (`code`) ends only the sign-in that brought it, so there every refusal in words is final.
 */
export function tokenFault(
  manifest: AvailableManifest,
  request: TokenRequest,
  { status, error, description }: TokenRefusal,
): ConnectorFault {
  const platform = manifest.name;
  const options = { status, vendorCode: plainCode(error) };
  const passing =
    status >= 500 || status === 429 || status === 408 || error === undefined || PASSING.includes(error);
  if (!passing && CLIENT_REFUSED.includes(error))
    return new ConnectorFault('transient', fact('connectors.errors.installationRefused', { platform }), {
      ...options,
      installation: true,
    });
  if (!passing && request === 'code' && (status === 400 || status === 401 || status === 403))
    return new ConnectorFault('reauth', fact('connectors.errors.signInRefused', { platform }), options);
  if (!passing && isOver(manifest, error, description))
    return new ConnectorFault('reauth', fact('connectors.errors.ended', { platform }), options);
  const failed =
    request === 'refresh'
      ? fact('connectors.errors.renewalFailed', { platform })
      : fact('connectors.errors.signInFailedRetry', { platform });
  return new ConnectorFault('transient', failed, {
    ...options,
    // A request that is wrong stays wrong until the installation is mended.
    ...(!passing && status !== 404 ? { installation: true } : {}),
  });
}

const isOver = ({ auth }: AvailableManifest, error: string, description: string | undefined): boolean =>
  error === 'invalid_grant' ||
  (auth.grantOver ?? []).some((over) => over.error === error && over.description === description);

/** A vendor's code when it looks like one; a vendor could put anything there. */
export const plainCode = (code: string | undefined): string =>
  code && /^[\w-]{1,64}$/.test(code) ? code : 'unknown';
