import { followLimits, mediaLimits, platformName } from '@/components/platforms/catalogue';
import { fitsPlatform } from '@/components/platforms/character-counter';
import type { Connection } from '@/components/trpc/outputs';
import { mediaProblems } from '@/server/connectors/kit/media';
import { composeFollowing } from '@/server/connectors/kit/parts';
import { countText } from '@/server/connectors/kit/text';
import { type Draft, writtenParts } from './draft';

/** What is wrong with a link as it is typed; undefined when nothing is. */
export function linkProblem(link: string): string | undefined {
  if (link.trim() === '') return undefined;
  try {
    return /^https?:$/.test(new URL(link.trim()).protocol)
      ? undefined
      : 'Use a full address such as https://example.com.';
  } catch {
    return 'Use a full address such as https://example.com.';
  }
}

const LOOKS = 'You can view this workspace but not post. Ask an owner or a manager.';

/** Why what was written cannot be saved yet, in words; null when it can. `scope`: what the edit of a post changes, null until that is known. */
export function saveBlockedBy({
  canWrite,
  busy,
  scope,
}: {
  canWrite: boolean;
  /** The texts are being written. */
  busy: boolean;
  scope: { blocked: string | null } | null | undefined;
}): string | null {
  if (!canWrite) return LOOKS;
  if (busy) return 'The texts are still being written.';
  if (scope === null) return 'Looking up where this post waits.';
  return scope?.blocked ?? null;
}

/** Why a draft cannot be sent yet, in words; null when it can. */
export function blockedBy({
  canWrite,
  chosen,
  sendable,
  draft,
  held,
  busy,
}: {
  canWrite: boolean;
  chosen: readonly Connection[];
  sendable: readonly Connection[];
  draft: Draft;
  /** What its uploads say. */
  held: string | null;
  busy: boolean;
}): string | null {
  if (!canWrite) return LOOKS;
  if (busy) return 'The texts are still being written.';
  if (chosen.length === 0) return 'Choose a connected account to post to.';
  if (held) return held;
  if (sendable.length === 0) return 'Write a text or add a picture first.';
  for (const { platform } of sendable) {
    const variant = draft.variants[platform];
    if (!variant) continue;
    const name = platformName(platform);
    const [wrong] = mediaProblems(name, mediaLimits(platform), variant.media ?? []);
    if (wrong) return wrong.message;
    if (!fitsPlatform(platform, variant.text, variant.link)) return `The text for ${name} is too long.`;
    const { kind, most, characters } = followLimits(platform);
    const parts = writtenParts(variant);
    const what = kind === 'thread' ? 'thread' : 'first comment';
    if (parts.length > most) return `There are too many parts for ${name}.`;
    if (
      characters !== null &&
      parts.some((p) => countText(platform, composeFollowing(p.text, p.link)) > characters)
    )
      return `A part of the ${what} for ${name} is too long.`;
    if (linkProblem(variant.link)) return `The link for ${name} is not a full address.`;
  }
  const expired = sendable.find((c) => c.status !== 'active');
  if (expired) return `Reconnect ${expired.remoteName} on ${platformName(expired.platform)} first.`;
  return null;
}
