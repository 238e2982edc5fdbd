import { env } from '../env';
import { log } from '../log';
import { isProxy } from '../proxies';
import { DEFAULT_POLICY, strictTransport } from './content-security';
import { largeBodyFor } from './limits';
import { GUARD_DEFAULTS, guardAllServers } from './request-guard';

/** Minimum interval between log entries about refused connections, in milliseconds. */
const LOG_INTERVAL_MS = 60_000;

/** Returns a callback that logs refused connections with the likely reason. */
function createRefusalLogger(): (address: string | undefined, status: 429 | 503) => void {
  let saidAt = Number.NEGATIVE_INFINITY;
  return (address, status) => {
    const now = performance.now();
    if (now - saidAt < LOG_INTERVAL_MS) return;
    saidAt = now;
    log().warn(
      { address, status },
      status === 429
        ? 'connections are refused: an address has reached its limit. If it is a proxy, add it to TRUSTED_PROXIES (see also HTTP_CONNECTIONS_PER_ADDRESS)'
        : 'connections are refused: the limit is reached (HTTP_CONNECTIONS)',
    );
  };
}

/** Puts the request guard in front of every server of this process, with this installation's settings. */
export function guardApp(): void {
  const settings = env();
  const { appUrl, NODE_ENV } = settings;
  guardAllServers({
    ...GUARD_DEFAULTS,
    appUrl,
    connections: settings.HTTP_CONNECTIONS,
    connectionsPerClient: settings.HTTP_CONNECTIONS_PER_ADDRESS,
    senderAt: (address) =>
      isProxy(address, settings.TRUSTED_PROXIES) ? null : GUARD_DEFAULTS.senderAt(address),
    onRefused: createRefusalLogger(),
    limitFor: (method, path) => {
      const large = largeBodyFor(method, path);
      // Without an Inngest server nothing signs calls here, because the runner is part of this process.
      return large?.credential === 'signature' && !settings.externalInngest ? null : large;
    },
    upgrades: NODE_ENV === 'development',
    answerHeaders: {
      'Content-Security-Policy': DEFAULT_POLICY,
      'X-Content-Type-Options': 'nosniff',
      ...strictTransport(appUrl),
    },
  });
}
