import { env } from '../env';
import { ANSWER_POLICY, strictTransport } from './content-security';
import { DOOR_DEFAULTS, openDoor } from './door';

/** Puts the door in front of every server of this process, with this installation's settings. */
export function openAppDoor(): void {
  const { appUrl, NODE_ENV } = env();
  openDoor({
    ...DOOR_DEFAULTS,
    appUrl,
    upgrades: NODE_ENV === 'development',
    answerHeaders: {
      'Content-Security-Policy': ANSWER_POLICY,
      'X-Content-Type-Options': 'nosniff',
      ...strictTransport(appUrl),
    },
  });
}
