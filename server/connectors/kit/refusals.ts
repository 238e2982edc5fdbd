import { type Fact, fact } from '@/server/foundation/facts';
import type { FaultReading } from './connector';
import { vendorWords } from './vendor-words';

/** A refusal under a code of ours, by which the connector recognizes it. */
export const rejected = (vendorCode: string, why: Fact): FaultReading => ({
  kind: 'rejected',
  vendorCode,
  fact: why,
});

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
