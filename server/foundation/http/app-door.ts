import { env } from '../env';
import { isProxy } from '../proxies';
import { ANSWER_POLICY, strictTransport } from './content-security';
import { DOOR_DEFAULTS, openDoor } from './door';
import { largeBodyFor } from './limits';

/** Puts the door in front of every server of this process, with this installation's settings. */
export function openAppDoor(): void {
  const settings = env();
  const { appUrl, NODE_ENV } = settings;
  openDoor({
    ...DOOR_DEFAULTS,
    appUrl,
    connections: settings.HTTP_CONNECTIONS,
    connectionsEach: settings.HTTP_CONNECTIONS_PER_ADDRESS,
    senderAt: (address) =>
      isProxy(address, settings.TRUSTED_PROXIES) ? null : DOOR_DEFAULTS.senderAt(address),
    limitFor: (method, path) => {
      const large = largeBodyFor(method, path);
      // Without an Inngest server nobody signs anything here: the runner is in this process.
      return large?.credential === 'signature' && !settings.externalInngest ? null : large;
    },
    upgrades: NODE_ENV === 'development',
    answerHeaders: {
      'Content-Security-Policy': ANSWER_POLICY,
      'X-Content-Type-Options': 'nosniff',
      ...strictTransport(appUrl),
    },
  });
}
