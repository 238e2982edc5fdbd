import { fact } from '@/server/foundation/facts';
import type { FaultReading, Hooks } from '../kit/connector';
import { notAccepted, rejected } from '../kit/refusals';
import { blueskyManifest } from './manifest';
import { failure } from './wire';

const platform = blueskyManifest.name;
/** Our code for a record that the account's own server does not have. */
export const GONE = 'gone';

const ended = (vendorCode: string, why = fact('connectors.errors.ended', { platform })): FaultReading => ({
  kind: 'reauth',
  vendorCode,
  fact: why,
});
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
  RateLimitExceeded: {
    kind: 'rate_limited',
    vendorCode: 'RateLimitExceeded',
    fact: fact('connectors.errors.slowDown', { platform }),
  },
  RecordNotFound: rejected(GONE, fact('connectors.errors.notFound', { platform })),
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
