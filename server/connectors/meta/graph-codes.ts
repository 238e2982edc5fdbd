/** Meta's error codes: https://developers.facebook.com/docs/graph-api/guides/error-handling and …/overview/rate-limiting */

/** Unknown error, unavailable service, and time-outs. They do not tell whether the request had an effect. */
const INTERNAL = [-2, -1, 1, 2];
/**
 * Too many requests: of the app (4), by a user (9, 17), to a Page (32), in general (341, 613), and by business use case (80000 to 80014).
 * Nothing was done.
 */
const TOO_MANY = [4, 9, 17, 32, 341, 613];
/** "Temporarily blocked for policies violations". Meta's advice is to wait and retry, unless the action itself was found abusive. */
const BLOCKED = 368;
/** Subcodes of a block for posting too fast. */
const TOO_FAST = [1390008];
const TOO_FAST_WORDS = /too fast|too (?:many|often)|limit how often|try again later|temporar/i;

/** "Duplicate status message". */
const DUPLICATE = 506;
/** Codes with which Meta refuses a repeated text as well. Only their words tell. */
const MAY_BE_DUPLICATE = [100, BLOCKED];
const DUPLICATE_WORDS =
  /already (?:posted|shared) (?:this|it)\b|posting the same content|(?:duplicate of|similar to|identical to).{0,80}\bposted\b/i;

/** Whether the token is valid but lacks the permission: 10 and 200 to 299. A vendor code is `code` or `code/subcode`. */
export const isForbidden = (vendorCode: string | undefined): boolean =>
  /^(?:10|2\d\d)(?:\/|$)/.test(vendorCode ?? '');
/** Whether Meta reported "It does not exist, or you may not see it". */
export const isGone = (vendorCode: string | undefined): boolean =>
  vendorCode === '100/33' || vendorCode === '803';

interface GraphRefusal {
  readonly code: number;
  readonly error_subcode?: number | undefined;
  readonly message?: string | undefined;
  readonly error_user_msg?: string | undefined;
  readonly is_transient?: boolean | undefined;
}

export const isInternalError = ({ code }: GraphRefusal): boolean => INTERNAL.includes(code);
export const isTooMany = ({ code }: GraphRefusal): boolean =>
  TOO_MANY.includes(code) || (code >= 80_000 && code <= 80_014);
/** Whether the same text was posted recently. */
export const isDuplicate = ({ code, message, error_user_msg: shown }: GraphRefusal): boolean =>
  code === DUPLICATE ||
  (MAY_BE_DUPLICATE.includes(code) && DUPLICATE_WORDS.test(`${message ?? ''} ${shown ?? ''}`));
export const isBlock = ({ code }: GraphRefusal): boolean => code === BLOCKED;
/** Whether a block ends by itself, because it is for going too fast. */
export const isPassingBlock = (refusal: GraphRefusal): boolean =>
  isBlock(refusal) &&
  (refusal.is_transient === true ||
    TOO_FAST.includes(refusal.error_subcode ?? 0) ||
    TOO_FAST_WORDS.test(`${refusal.message ?? ''} ${refusal.error_user_msg ?? ''}`));
