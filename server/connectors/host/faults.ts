import { fact } from '@/server/foundation/facts';
import type { Connector, Effect } from '../kit/connector';
import { renewsItself } from '../kit/manifest';
import { ConnectorFault } from '../kit/types';
import { vendorPhrases, vendorWords } from '../kit/vendor-words';
import { retryAfterSeconds } from './rate-headers';
import { ResponseTooLarge, type WireResponse } from './transport';

/** Creates the fault for a network failure. `sent` indicates whether any byte of the request may have reached the platform. */
export function networkFault(
  platform: string,
  error: unknown,
  sent: boolean,
  effect: Effect,
): ConnectorFault {
  const options = { cause: error, vendorCode: codeOf(error) };
  if (!sent)
    return new ConnectorFault('transient', fact('connectors.errors.notReached', { platform }), options);
  if (effect === 'effect')
    return new ConnectorFault(
      'unknown_outcome',
      fact('connectors.errors.connectionBroke', { platform }),
      options,
    );
  const message =
    error instanceof ResponseTooLarge
      ? fact('connectors.errors.answerTooLarge', { platform })
      : fact('connectors.errors.noAnswer', { platform });
  return new ConnectorFault('transient', message, options);
}

/** Creates the fault for a file of ours that could not be read before its request was sent. */
export const fileFault = (platform: string, cause: unknown): ConnectorFault =>
  new ConnectorFault('transient', fact('connectors.errors.fileNotRead', { platform }), { cause });

/** Creates the fault for an unsuccessful response. If no reading of it fits, it shows the platform's own words, cleaned. */
export function responseFault(
  connector: Connector,
  response: WireResponse,
  body: unknown,
  effect: Effect,
  now: Date,
): ConnectorFault {
  const platform = connector.manifest.name;
  const { status } = response;
  const page = isPage(response, body);
  // A page that denies access, instead of the API's JSON, comes from a network in front of the platform (a block page, a challenge), which
  // did not pass the request on.
  if (page && DENIALS.includes(status))
    return new ConnectorFault('transient', fact('connectors.errors.refusedNow', { platform }), { status });
  const phrases = vendorPhrases(body, response.body);
  const read = page ? null : connector.hooks.readFault?.(status, body, effect, phrases);
  if (read) {
    const retryAfter =
      read.kind === 'rate_limited'
        ? Math.max(read.retryAfter ?? 0, retryAfterSeconds(response.headers, now, connector.hooks.readLimits))
        : read.retryAfter;
    return new ConnectorFault(read.kind, read.fact, {
      status,
      ...(read.vendorCode === undefined ? {} : { vendorCode: read.vendorCode }),
      ...(retryAfter === undefined ? {} : { retryAfter }),
      ...(read.forbidden ? { forbidden: true } : {}),
      ...(read.installation ? { installation: true } : {}),
      ...(read.resume ? { resume: read.resume } : {}),
    });
  }
  // Without renewal, only an error in the platform's own format (`readFault`) ends a connection; a bare 401 may come from a gateway.
  if (status === 401 && !renewsItself(connector.manifest.auth))
    return new ConnectorFault('transient', fact('connectors.errors.refusedNow', { platform }), {
      status,
    });
  if (status === 401)
    return new ConnectorFault('reauth', fact('connectors.errors.ended', { platform }), {
      status,
    });
  if (status === 429) {
    const retryAfter = retryAfterSeconds(response.headers, now, connector.hooks.readLimits);
    return new ConnectorFault('rate_limited', fact('connectors.errors.slowDown', { platform }), {
      status,
      retryAfter,
    });
  }
  // Too early, or locked by another request (RFC 8470, RFC 4918): nothing was done.
  if (status === 425 || status === 423)
    return new ConnectorFault('transient', fact('connectors.errors.refusedNow', { platform }), { status });
  // 408: the platform stopped reading the request, and how much it had read is unknown. 3xx is not an API response. Any other page, whatever
  // its status, shows a failure of the platform or of a network in front of it, which may have passed the request on.
  if (status >= 500 || status === 408 || status < 400 || (page && !TOO_LARGE.includes(status)))
    return effect === 'effect'
      ? new ConnectorFault('unknown_outcome', fact('connectors.errors.outcomeUnknown', { platform }), {
          status,
        })
      : new ConnectorFault('transient', fact('connectors.errors.trouble', { platform }), {
          status,
        });
  if (status === 404)
    return new ConnectorFault('rejected', fact('connectors.errors.notFound', { platform }), {
      status,
    });
  const said = vendorWords(phrases);
  if (said)
    return new ConnectorFault('rejected', fact('connectors.errors.notAcceptedBecause', { platform, said }), {
      status,
    });
  if (status === 403)
    return new ConnectorFault('rejected', fact('connectors.errors.notAllowed', { platform }), { status });
  return new ConnectorFault('rejected', fact('connectors.errors.notAccepted', { platform, status }), {
    status,
  });
}

/** Statuses by which a network in front of a platform refuses a client, not a request. */
const DENIALS: readonly number[] = [401, 403, 406, 407, 451];
/** The request, its address or its headers are too large for the platform or a network in front of it, and always will be. */
const TOO_LARGE: readonly number[] = [413, 414, 431];
/** Whether a response is a page for people. Some platforms send JSON under the type of a page. */
const isPage = ({ headers, body: raw }: WireResponse, body: unknown): boolean =>
  (body === undefined || typeof body === 'symbol') &&
  (/^\s*(text\/html|application\/xhtml)/i.test(headers['content-type'] ?? '') ||
    /^\s*(?:<\?xml[^>]*>\s*)?<(!doctype html|html)/i.test(raw));

/** Creates the fault for a successful response with undocumented content. The outcome of an effect is then unknown. */
export function invalidResponseFault(platform: string, effect: Effect, cause: unknown): ConnectorFault {
  return effect === 'effect'
    ? new ConnectorFault('unknown_outcome', fact('connectors.errors.nonsenseAfterEffect', { platform }), {
        cause,
      })
    : new ConnectorFault('transient', fact('connectors.errors.nonsense', { platform }), {
        cause,
      });
}

function codeOf(error: unknown): string {
  for (let e: unknown = error; e instanceof Error; e = e.cause)
    if ('code' in e && typeof e.code === 'string') return e.code;
  return error instanceof Error ? error.name : 'unknown';
}
