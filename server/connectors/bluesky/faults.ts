import { fact } from '@/server/foundation/facts';
import type { FaultReading, Hooks } from '../kit/connector';
import { meaningsOn, notAccepted, rejected } from '../kit/refusals';
import { blueskyManifest } from './manifest';
import { failure } from './wire';

const platform = blueskyManifest.name;
const { ended, slowDown, gone } = meaningsOn(platform);
/** What the names of errors mean, as servers send them: https://atproto.com/specs/xrpc#error-responses and the methods' lexicons. */
const NAMES: Readonly<Record<string, FaultReading>> = {
  ExpiredToken: ended('ExpiredToken'),
  InvalidToken: ended('InvalidToken'),
  AuthMissing: ended('AuthMissing'),
  AuthenticationRequired: ended('AuthenticationRequired'),
  AccountNotFound: ended('AccountNotFound'),
  AuthFactorTokenRequired: ended('AuthFactorTokenRequired', fact('platforms.bluesky.errors.secondFactor')),
  AccountTakedown: ended('AccountTakedown', fact('platforms.bluesky.errors.takenDown')),
  AccountDeactivated: rejected('AccountDeactivated', fact('platforms.bluesky.errors.deactivated')),
  RateLimitExceeded: slowDown('RateLimitExceeded'),
  RecordNotFound: gone,
  BlobTooLarge: rejected('BlobTooLarge', fact('platforms.bluesky.errors.tooLarge')),
  PayloadTooLarge: rejected('PayloadTooLarge', fact('platforms.bluesky.errors.tooLarge')),
};

export const readFault: NonNullable<Hooks['readFault']> = (status, body, _effect, phrases) => {
  const said = failure.safeParse(body).data;
  // A failure of the server, whatever its name.
  if (!said || status < 400 || status >= 500) return null;
  if (Object.hasOwn(NAMES, said.error)) return NAMES[said.error] ?? null;
  return status === 400 ? notAccepted(platform, phrases, status) : null;
};
