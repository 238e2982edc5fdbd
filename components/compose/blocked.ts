import { followLimits, mediaLimits, platformName } from '@/components/platforms/catalogue';
import { fitsPlatform } from '@/components/platforms/character-counter';
import type { TextRulesOf } from '@/components/platforms/use-text-rules';
import type { Connection } from '@/components/trpc/outputs';
import { countBy } from '@/server/connectors/compose-text';
import { mediaProblems } from '@/server/connectors/kit/media';
import { composeFollowing } from '@/server/connectors/kit/parts';
import type { Fact } from '@/server/foundation/facts';
import { type Draft, writtenParts } from './draft';
import type { ComposeWords } from './words';

/** Whether a typed link is a complete URL or still empty. */
export function isLink(link: string): boolean {
  if (link.trim() === '') return true;
  try {
    return /^https?:$/.test(new URL(link.trim()).protocol);
  } catch {
    return false;
  }
}

/** Returns why the texts cannot be saved yet, as text, or null. `scope` is what editing the post changes, null until that is known. */
export function saveBlockReason(
  {
    canWrite,
    busy,
    scope,
  }: {
    canWrite: boolean;
    /** The texts are being generated. */
    busy: boolean;
    scope: { blocked: string | null } | null | undefined;
  },
  t: ComposeWords,
): string | null {
  if (!canWrite) return t('blocked.viewer');
  if (busy) return t('blocked.writing');
  if (scope === null) return t('blocked.lookingUp');
  return scope?.blocked ?? null;
}

/** Returns why a draft cannot be sent yet, as text, or null. */
export function sendBlockReason(
  {
    canWrite,
    chosen,
    sendable,
    draft,
    held,
    busy,
    rulesOf,
  }: {
    canWrite: boolean;
    chosen: readonly Connection[];
    sendable: readonly Connection[];
    draft: Draft;
    /** Why its uploads hold the post back. */
    held: string | null;
    busy: boolean;
    rulesOf: TextRulesOf;
  },
  t: ComposeWords,
  sayMedia: (problem: Fact) => string,
): string | null {
  if (!canWrite) return t('blocked.viewer');
  if (busy) return t('blocked.writing');
  if (chosen.length === 0) return t('blocked.noAccount');
  if (held) return held;
  if (sendable.length === 0) return t('blocked.nothing');
  for (const { platform, limits } of sendable) {
    const variant = draft.variants[platform];
    if (!variant) continue;
    const name = platformName(platform);
    const [wrong] = mediaProblems(name, mediaLimits(platform, limits), variant.media ?? []);
    if (wrong) return sayMedia(wrong.message);
    const rules = rulesOf(platform);
    const withMedia = (variant.media ?? []).length > 0;
    if (!fitsPlatform(rules, platform, variant.text, variant.link, withMedia, limits))
      return t('blocked.tooLong', { platform: name });
    const { kind, most, characters } = followLimits(platform, limits);
    const parts = writtenParts(variant);
    if (parts.length > most) return t('blocked.tooManyParts', { platform: name });
    if (
      characters !== null &&
      rules &&
      parts.some(
        (p) =>
          countBy(rules, platform, composeFollowing(p.text, p.link), null, limits?.linkCharacters) >
          characters,
      )
    )
      return t(kind === 'thread' ? 'blocked.threadTooLong' : 'blocked.firstCommentTooLong', {
        platform: name,
      });
    if (!isLink(variant.link)) return t('blocked.link', { platform: name });
  }
  const expired = sendable.find((c) => c.status !== 'active');
  if (expired)
    return t('blocked.reconnect', { account: expired.remoteName, platform: platformName(expired.platform) });
  return null;
}
