import { fact } from '@/server/foundation/facts';
import type { Connector, Effect } from '../kit/connector';
import { ConnectorFault } from '../kit/types';
import { ResponseTooLarge, type WireResponse } from './transport';

/** Returns the seconds until a rate limit ends according to the platform, between one second and one day. */
export function retryAfterSeconds(headers: Record<string, string>, now: Date): number {
  const given = headers['retry-after'];
  let seconds = Number.NaN;
  if (given !== undefined && /^\d+$/.test(given)) seconds = Number(given);
  else if (given !== undefined) seconds = (Date.parse(given) - now.getTime()) / 1000;
  else if (/^\d+$/.test(headers['x-rate-limit-reset'] ?? ''))
    seconds = Number(headers['x-rate-limit-reset']) - now.getTime() / 1000;
  if (!Number.isFinite(seconds)) seconds = 60;
  return Math.min(86_400, Math.max(1, Math.ceil(seconds)));
}

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

/** Creates the fault for an unsuccessful response. */
export function responseFault(
  connector: Connector,
  response: WireResponse,
  body: unknown,
  effect: Effect,
  now: Date,
): ConnectorFault {
  const platform = connector.manifest.name;
  const { status } = response;
  const read = connector.hooks.readFault?.(status, body, effect);
  if (read) {
    const retryAfter =
      read.retryAfter ??
      (read.kind === 'rate_limited' ? retryAfterSeconds(response.headers, now) : undefined);
    return new ConnectorFault(read.kind, read.fact, {
      status,
      ...(read.vendorCode === undefined ? {} : { vendorCode: read.vendorCode }),
      ...(retryAfter === undefined ? {} : { retryAfter }),
      ...(read.forbidden ? { forbidden: true } : {}),
      ...(read.resume ? { resume: read.resume } : {}),
    });
  }
  // Without renewal, only an error in the platform's own format (`readFault`) ends a connection; a bare 401 may come from a gateway.
  if (status === 401 && connector.manifest.auth.refresh === 'none')
    return new ConnectorFault('transient', fact('connectors.errors.refusedNow', { platform }), {
      status,
    });
  if (status === 401)
    return new ConnectorFault('reauth', fact('connectors.errors.ended', { platform }), {
      status,
    });
  if (status === 429) {
    const retryAfter = retryAfterSeconds(response.headers, now);
    return new ConnectorFault('rate_limited', fact('connectors.errors.slowDown', { platform }), {
      status,
      retryAfter,
    });
  }
  // 408: the platform stopped reading the request, and how much it had read is unknown. 3xx is not an API response.
  if (status >= 500 || status === 408 || status < 400)
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
  if (status === 403)
    return new ConnectorFault('rejected', fact('connectors.errors.notAllowed', { platform }), { status });
  return new ConnectorFault('rejected', fact('connectors.errors.notAccepted', { platform, status }), {
    status,
  });
}

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
