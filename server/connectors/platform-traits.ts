import type { Fact } from '@/server/foundation/facts';
import type { OwnLimits } from '@/server/foundation/own-limits';
import { isPlatformId } from './faces';
import { mayUse } from './kit/manifest';
import { mediaOf } from './kit/media';
import type { OptionRule } from './kit/option-rules';
import type { OptionField } from './kit/options';
import { ownOptions, ownPost } from './kit/own-limits';
import { followOf, partsOf } from './kit/parts';
import type { Capability, MediaLimits } from './kit/types';
import { manifests, platformManifest } from './manifests';
import { countText } from './text-rules';

/** A platform's properties from its manifest, as far as domains need them. */
export interface PlatformTraits {
  readonly name: string;
  readonly publishes: boolean;
  /** Whether published posts can be looked up. */
  readonly looksUp: boolean;
  /** What a person does to post there, and where, if nothing can be sent; undefined otherwise. */
  readonly byHand?: { readonly steps: Fact; readonly editor: string } | undefined;
  /** Where a user sees whether a post was published if the platform cannot be asked. */
  readonly whereToLook?: Fact | undefined;
  /** How long repeated requests with the same key have no effect, in milliseconds; null without such a key. */
  readonly keyMs: number | null;
  /** Maximum length of a text, as counted by `count`; null if unlimited. */
  readonly characters: number | null;
  count(text: string, link: string | null): number;
  /** What can follow a post, or null. */
  readonly follow: 'thread' | 'firstComment' | null;
  /** Whether an account can repost its own post. Repeating a repost has no effect. */
  readonly reposts: boolean;
  /** How many parts may follow a post and the maximum length of each, as counted by `count`; null means no limit. */
  readonly parts: { readonly most: number; readonly characters: number | null };
  /** Pictures, GIFs and videos that the platform accepts; null if posts are text only. */
  readonly media: MediaLimits | null;
  /** Whether an account may use a capability with the scopes that were granted; see `mayUse` in the kit. */
  mayUse(capability: Capability, account: { remoteId: string; granted: readonly string[] }): boolean;
  /** Maximum number of posts per engagement call; null if the platform reports no engagement. */
  readonly resultsBatch: number | null;
  /** What a post has besides its text, separately for each account. */
  readonly options: readonly OptionField[];
  readonly optionRules: readonly OptionRule[];
}

/** Returns the ids of all platforms. */
export const platformIds = (): readonly string[] => Object.keys(manifests);

/** Returns a platform's properties, with the limits of one account if it has its own. Null for an unknown platform. */
export function platformTraits(platform: string, own?: OwnLimits | null): PlatformTraits | null {
  if (!isPlatformId(platform)) return null;
  const manifest = platformManifest(platform);
  const post = ownPost(manifest.post, own);
  return {
    name: manifest.name,
    publishes: manifest.capabilities.some((c) => c === 'publish'),
    looksUp: manifest.capabilities.some((c) => c === 'lookup'),
    byHand: manifest.kind === 'manual' ? { steps: manifest.steps, editor: manifest.editor } : undefined,
    whereToLook: manifest.kind === 'api' ? manifest.whereToLook : undefined,
    keyMs: manifest.kind === 'api' && manifest.publishKey ? manifest.publishKey.seconds * 1000 : null,
    characters: post?.characters ?? null,
    count: (text, link) => countText(platform, text, link, own?.linkCharacters),
    follow: followOf(post),
    reposts: manifest.post?.repost === true,
    parts: partsOf(post),
    media: mediaOf(post),
    mayUse: (capability, account) => manifest.kind !== 'api' || mayUse(manifest.auth, capability, account),
    resultsBatch: manifest.capabilities.some((c) => c === 'engagement')
      ? (manifest.kind === 'api' && manifest.engagementBatch) || 1
      : null,
    options: ownOptions(manifest.options ?? [], own),
    optionRules: manifest.optionRules ?? [],
  };
}
