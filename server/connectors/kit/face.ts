import type { Fact } from '@/server/foundation/facts';
import type { PlatformId } from '../generated/ids';
import type { Capability, PostLimits } from './types';

/** Limits of a shop's listings. Lengths are in characters (code points of the composed text). */
export interface ListingLimits {
  readonly title: number;
  /** Matches each character that titles may not have. */
  readonly notInTitle: RegExp;
  /** Characters that a title may have only once. */
  readonly onceInTitle: readonly string[];
  readonly tags: number;
  readonly tag: number;
  readonly notInTag: RegExp;
  readonly fileBytes: number;
  readonly fileName: number;
  readonly quantity: number;
}

/** What the browser may know of a platform: pure data, without addresses, scopes or documents, so that pages stay light. */
export interface Face {
  readonly id: PlatformId;
  readonly name: string;
  /** Place in lists of platforms; lower ones come first. */
  readonly order: number;
  /** The lowest plan that includes the platform. */
  readonly tier: 'free' | 'pro' | 'agency';
  /**
   * How Tributary works with the platform: through its API, or by asking a person (`manual`). `announced` and `robot`: not yet, so that
   * screens only mention it. See `Manifest`.
   */
  readonly kind: 'api' | 'manual' | 'robot' | 'announced';
  readonly capabilities: readonly Capability[];
  /** Noun for what is connected, by which messages select their wording. */
  readonly accountNoun: 'account' | 'channel' | 'Page' | 'profile' | 'shop';
  readonly summary: Fact;
  readonly post?: PostLimits;
  readonly listing?: ListingLimits;
}
