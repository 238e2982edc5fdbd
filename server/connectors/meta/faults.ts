import { z } from 'zod';
import { type Fact, fact } from '@/server/foundation/facts';
import type { Effect, FaultReading, Hooks } from '../kit/connector';
import { meaningsOn, notAccepted, rejected } from '../kit/refusals';
import { wire } from '../kit/wire';
import { isBlock, isDuplicate, isForbidden, isInternalError, isPassingBlock, isTooMany } from './graph-codes';

/** A number, or its digits. */
const code = z.union([z.number().int(), z.string().regex(/^-?\d{1,9}$/)]).transform(Number);
const words = z.string().nullish().catch(null);
/** Only the code decides what an error means, so no other field keeps it from being read. */
const graphError = wire({
  error: wire({
    message: words.transform((text) => text ?? ''),
    code,
    error_subcode: code
      .nullish()
      .catch(null)
      .transform((value) => value ?? undefined),
    error_user_msg: words.transform((text) => text || undefined),
    is_transient: z
      .boolean()
      .nullish()
      .catch(null)
      .transform((value) => value ?? undefined),
    error_data: z.unknown().optional(),
  }),
});
export type GraphError = z.output<typeof graphError>['error'];

/** A wrong app id or secret. */
const WRONG_CLIENT = 101;
/** A token that has expired, was revoked, or was never valid. */
const ENDED = [190, 102];
/** Meta does not say how long a block for posting too fast lasts, in seconds. */
const BLOCK_S = 3_600;

/** What differs from one platform of Meta's to the next. */
export interface GraphTerms {
  readonly platform: string;
  readonly noPermission: Fact;
  readonly blocked: Fact;
  /** What has to be done before an account can be connected again, by the subcode of an error that ended its token. */
  readonly endings?: Readonly<Record<number, Fact>>;
  /** Reads the platform's own codes. `vendorCode` is `code` or `code/subcode`. */
  own?(said: GraphError, vendorCode: string, effect: Effect): FaultReading | null;
}

/** Reads the errors of the Graph API: https://developers.facebook.com/docs/graph-api/guides/error-handling */
export const graphFaults = (terms: GraphTerms): NonNullable<Hooks['readFault']> => {
  const { platform } = terms;
  const means = meaningsOn(platform);
  return (status, body, effect, phrases) => {
    const said = graphError.safeParse(body).data?.error;
    if (!said) return null;
    const vendorCode = `${said.code}${said.error_subcode === undefined ? '' : `/${said.error_subcode}`}`;
    if (said.code === WRONG_CLIENT) return means.installation(vendorCode);
    if (ENDED.includes(said.code))
      return means.ended(vendorCode, terms.endings?.[said.error_subcode ?? Number.NaN]);
    if (isForbidden(vendorCode)) return means.forbidden(terms.noPermission, vendorCode);
    if (isTooMany(said)) return means.slowDown(vendorCode);
    if (isDuplicate(said)) return means.duplicate(vendorCode);
    // Trying again soon would make such a block longer.
    if (isPassingBlock(said)) return means.slowDown(vendorCode, BLOCK_S);
    if (isBlock(said)) return rejected(vendorCode, terms.blocked);
    const own = terms.own?.(said, vendorCode, effect);
    if (own) return own;
    // Meta reports that a retry does not help. For a post, that leaves open whether it was created.
    const final = said.code === 1 && said.is_transient === false && status < 500 && effect !== 'effect';
    // Meta's own failures do not tell whether the post was created.
    if (!final && (isInternalError(said) || said.is_transient || status >= 500))
      return effect === 'effect'
        ? {
            kind: 'unknown_outcome',
            vendorCode,
            fact: fact('connectors.errors.outcomeUnknown', { platform }),
          }
        : { kind: 'transient', vendorCode, fact: fact('connectors.errors.trouble', { platform }) };
    if (status === 401 || status === 429) return null;
    return { ...notAccepted(platform, phrases, status), vendorCode };
  };
};
