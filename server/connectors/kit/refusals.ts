import { type Fact, fact } from '@/server/foundation/facts';
import type { FaultReading } from './connector';
import { ConnectorFault, GONE, isConnectorFault, MEDIA_GONE } from './types';
import { vendorWords } from './vendor-words';

/** A refusal under a code of ours, by which the connector recognizes it. */
export const rejected = (vendorCode: string, why: Fact): FaultReading => ({
  kind: 'rejected',
  vendorCode,
  fact: why,
});

/** What refusals mean on every platform, in the words that all of them share. */
export const meaningsOn = (platform: string) => ({
  /** The sign-in has ended. */
  ended: (vendorCode?: string, why: Fact = fact('connectors.errors.ended', { platform })): FaultReading => ({
    kind: 'reauth',
    fact: why,
    ...(vendorCode === undefined ? {} : { vendorCode }),
  }),
  /** The sign-in is valid, but lacks a permission. */
  forbidden: (why: Fact, vendorCode = 'scope'): FaultReading => ({
    kind: 'reauth',
    vendorCode,
    fact: why,
    forbidden: true,
  }),
  /** Too many requests. Without `seconds`, the headers say for how long. */
  slowDown: (vendorCode?: string, seconds?: number): FaultReading => ({
    kind: 'rate_limited',
    fact: fact('connectors.errors.slowDown', { platform }),
    ...(vendorCode === undefined ? {} : { vendorCode }),
    ...(seconds === undefined ? {} : { retryAfter: seconds }),
  }),
  /** Nothing was done, and a repetition may succeed. */
  refusedNow: (vendorCode?: string): FaultReading => ({
    kind: 'transient',
    fact: fact('connectors.errors.refusedNow', { platform }),
    ...(vendorCode === undefined ? {} : { vendorCode }),
  }),
  /** This installation is refused (its key, its plan), and only its operator can help. */
  installation: (
    vendorCode: string,
    why: Fact = fact('connectors.errors.installationRefused', { platform }),
  ): FaultReading => ({ kind: 'transient', vendorCode, fact: why, installation: true }),
  gone: rejected(GONE, fact('connectors.errors.notFound', { platform })),
  mediaGone: rejected(MEDIA_GONE, fact('connectors.errors.mediaGone', { platform })),
  duplicate: (vendorCode = 'duplicate'): FaultReading =>
    rejected(vendorCode, fact('connectors.errors.duplicate', { platform })),
});

/** What a platform says in a refusal. */
export interface Refusal {
  readonly status: number;
  /** Its codes, types and names of the problem, wherever they stand. */
  readonly codes?: readonly (string | number | undefined)[];
  /** Its words, as one text. */
  readonly words?: string;
}
/** What refusals mean that have one of the statuses, one of the codes and these words, as far as the rule names any. */
export interface FaultRule {
  readonly status?: number | readonly number[];
  readonly codes?: readonly (string | number)[];
  readonly words?: RegExp;
  /** Null: the host decides by the status. */
  readonly means: FaultReading | null;
}

/** Returns what a refusal means by the first rule that applies; undefined if none does. */
export function readRules(
  rules: readonly FaultRule[],
  { status, codes = [], words = '' }: Refusal,
): FaultReading | null | undefined {
  return rules.find(
    (rule) =>
      (rule.status === undefined || [rule.status].flat().includes(status)) &&
      (!rule.codes || codes.some((code) => code !== undefined && rule.codes?.includes(code))) &&
      (!rule.words || rule.words.test(words)),
  )?.means;
}

/** Returns what a platform's words mean by the first pattern that they match, or null. */
export const readWords = (
  rules: readonly (readonly [RegExp, FaultReading])[],
  words: string,
): FaultReading | null => rules.find(([pattern]) => pattern.test(words))?.[1] ?? null;

/** A refusal for a reason that only the platform's own words tell, cleaned, or else its status. */
export function notAccepted(platform: string, phrases: readonly string[], status: number): FaultReading {
  const said = vendorWords(phrases);
  return {
    kind: 'rejected',
    fact: said
      ? fact('connectors.errors.notAcceptedBecause', { platform, said })
      : fact('connectors.errors.notAccepted', { platform, status }),
  };
}

/** What `identify` throws if a sign-in gives access to nothing that can be connected; the manifest's `nothingToConnect` says what to do. */
export const nothingUsable = (
  vendorCode: 'no_account' | 'no_permission',
  why: Fact,
  cause?: ConnectorFault,
): ConnectorFault => new ConnectorFault('rejected', why, { vendorCode, ...(cause ? { cause } : {}) });

/** The fault of a refusal that a connector finds by itself. */
export const faultOf = ({ kind, fact: why, ...options }: FaultReading): ConnectorFault =>
  new ConnectorFault(kind, why, options);

/**
 * Looks for what a user wants to connect with a token that may be used for other things as well. While they sign in, the want of a permission
 * means that this cannot be connected, not that the token is wrong.
 */
export async function usableOnSignIn<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isConnectorFault(error) || !error.options.forbidden) throw error;
    throw nothingUsable('no_account', error.fact, error);
  }
}

const isGoneCode = (vendorCode: string | undefined): boolean => vendorCode === GONE;

/** Does something about a thing on the platform. Returns `otherwise` if the platform itself says that it does not exist. */
export async function unlessGone<T, O>(
  work: () => Promise<T>,
  otherwise: O,
  isGone = isGoneCode,
): Promise<T | O> {
  try {
    return await work();
  } catch (error) {
    if (isConnectorFault(error) && isGone(error.options.vendorCode)) return otherwise;
    throw error;
  }
}

/** Removes a post (`work` returns whether it was there), for the capability `remove`. One that is gone already is not removed. */
export const removal = async (
  work: () => Promise<boolean>,
  isGone = isGoneCode,
): Promise<{ removed: boolean }> => ({ removed: await unlessGone(work, false, isGone) });

/**
 * Sends a part that needs a permission of its own, which accounts that were connected earlier may not have granted. Then only the part is
 * rejected, with `why`: the account can still post.
 */
export async function refusedAlone<T>(work: () => Promise<T>, why: Fact): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isConnectorFault(error) || !error.options.forbidden) throw error;
    throw new ConnectorFault('rejected', why, { ...error.options, cause: error });
  }
}

/** Thrown where the platform already sends its notices to another address, which must stay. */
export const webhookTaken = (platform: string): ConnectorFault =>
  new ConnectorFault('rejected', fact('connectors.errors.webhookTaken', { platform }), {
    vendorCode: 'webhook_taken',
  });
