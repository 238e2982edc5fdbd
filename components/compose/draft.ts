import type { Rule } from '@/components/follow-ups/rule';
import { type MediaDraft, mediaTogether } from '@/components/media/types';
import type { CheckRequest } from '@/components/preflight/use-schedule-check';
import { EMPTY_REPEAT, firstDayOf, type RepeatDraft } from '@/components/series/repeat-draft';
import type { OptionValues } from '@/server/foundation/option-values';
import { truncateText } from '@/server/foundation/storable';
import { hasVisibleText } from '@/server/foundation/visible-text';
import type { ComposeWords } from './words';

export interface VariantDraft {
  text: string;
  link: string;
  /** The parts that follow it: the rest of a thread, or the first comment. */
  parts?: { text: string; link?: string | undefined }[];
  /** Its pictures, GIF or video, in order. */
  media?: MediaDraft[];
}
/** A change of a variant, computed from its state at that moment, because uploads and undos may happen after further changes. */
export type VariantChange = (now: VariantDraft) => Partial<VariantDraft>;

/** An empty text. */
export const BLANK: VariantDraft = { text: '', link: '' };

/** The draft in the editor. Stored in the browser on every key press, so that nothing typed is lost. */
export interface Draft {
  postId: string | null;
  version: number | null;
  title: string;
  topicId: string | null;
  prompt: string;
  /** Connection ids, and `platform:<id>` for a platform that is written for without an account. */
  targets: string[];
  creativity: number;
  hashtags: boolean;
  emoji: boolean;
  variants: Record<string, VariantDraft>;
  when: 'now' | 'queue' | 'at' | 'repeat';
  local: string;
  repeat: RepeatDraft;
  /** The follow-up if the post does well: null for none, undefined for the one set in Auto-posting. */
  followUpRule?: Rule | null;
  /** Options that were chosen here, by account; and those that the post's publications have. */
  options?: Record<string, OptionValues>;
  keptOptions?: Record<string, OptionValues>;
}

export const EMPTY: Draft = {
  postId: null,
  version: null,
  title: '',
  topicId: null,
  prompt: '',
  targets: [],
  creativity: 50,
  hashtags: true,
  emoji: false,
  variants: {},
  when: 'now',
  local: '',
  repeat: EMPTY_REPEAT,
};

/** A stored text as the editor holds it. */
export const variantDraft = (v: {
  text: string;
  link: string | null;
  parts?: VariantDraft['parts'];
  media?: VariantDraft['media'];
}): VariantDraft => ({ text: v.text, link: v.link ?? '', parts: v.parts ?? [], media: v.media ?? [] });

/** Whether there is anything to send: text or media. */
export const isWritten = (variant: VariantDraft | undefined): boolean =>
  hasVisibleText(variant?.text ?? '') || (variant?.media ?? []).length > 0;

/** Its media as the server expects them. */
export const namedMedia = (variant: VariantDraft | undefined) =>
  (variant?.media ?? []).map(({ fileId, alt }) => ({ fileId, alt: alt.trim() }));

/** The parts with a text or a link; an empty field is not a part. */
export const writtenParts = (variant: VariantDraft | undefined) =>
  (variant?.parts ?? []).filter((part) => hasVisibleText(part.text) || part.link);

/** Whether two variants are equal for the server: text, link, following parts, and media with their descriptions. */
export function sameVariant(one: VariantDraft | undefined, other: VariantDraft | undefined): boolean {
  const contentKey = (v: VariantDraft | undefined) =>
    JSON.stringify([
      v?.text ?? '',
      v?.link.trim() ?? '',
      writtenParts(v).map((part) => [part.text, part.link ?? '']),
      namedMedia(v).map(({ fileId, alt }) => [fileId, alt]),
    ]);
  return contentKey(one) === contentKey(other);
}

/** The options of an account: those chosen here, otherwise those of its publications. Undefined for the defaults. */
export const optionsFor = (draft: Draft, connectionId: string): OptionValues | undefined =>
  draft.options?.[connectionId] ?? draft.keptOptions?.[connectionId];

/** The accounts as the server expects them, with their options. */
export const toTargets = (draft: Draft, connectionIds: readonly string[]) =>
  connectionIds.map((connectionId) => ({ connectionId, options: optionsFor(draft, connectionId) ?? {} }));

/** The platforms of the targets, each once, in order. */
export function platformsOf(
  draft: Draft,
  connections: readonly { id: string; platform: string }[],
): string[] {
  const found = draft.targets.flatMap((target) =>
    target.startsWith('platform:')
      ? [target.slice('platform:'.length)]
      : connections.filter((c) => c.id === target).map((c) => c.platform),
  );
  return [...new Set(found)];
}

/** A title for a post without one: its first words, else the description or the file name of its first picture. */
export function titleOf(draft: Draft, platforms: readonly string[], t: ComposeWords): string {
  // In a fixed order, whatever was written first, so that loading and saving a post does not change its title.
  const variants = [...platforms].sort().flatMap((platform) => draft.variants[platform] ?? []);
  const media = variants.flatMap((v) => v.media ?? []);
  const [pictured] = variants.flatMap((v) => (v.media?.length ? [v.media] : []));
  const source =
    [
      draft.title,
      draft.prompt,
      ...variants.map((v) => v.text),
      ...media.map((m) => m.alt),
      ...media.map((m) => m.name ?? ''),
      pictured ? t('madeUpName.media', { what: mediaTogether(pictured) }) : '',
    ]
      .map((words) => words.trim())
      .find((words) => words !== '') ?? '';
  const line = (source.split('\n')[0] ?? '').replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  const short = line.length > 70 ? `${truncateText(line, 70).replace(/\s+\S*$/, '')}…` : line;
  return short || t('madeUpName.untitled');
}

/** Replaces the texts of some platforms; everything else stays. */
export function replaceTexts(
  variants: Draft['variants'],
  texts: Readonly<Record<string, string>>,
): Draft['variants'] {
  const changed = Object.entries(texts).map(([platform, text]): [string, VariantDraft] => [
    platform,
    { ...(variants[platform] ?? BLANK), text },
  ]);
  return { ...variants, ...Object.fromEntries(changed) };
}

/** Replaces fields of one platform's variant with the function's result. The function receives the variant's current state. */
export function updateVariant(
  variants: Draft['variants'],
  platform: string,
  change: VariantChange,
): Draft['variants'] {
  const now = variants[platform] ?? BLANK;
  return { ...variants, [platform]: { ...now, ...change(now) } };
}

/** The part of a draft that the server stores; two drafts with the same content are equal for it. */
export function toContent(draft: Draft, platforms: readonly string[], t: ComposeWords) {
  return {
    title: titleOf(draft, platforms, t),
    titleGiven: draft.title.trim() !== '',
    topicId: draft.topicId,
    prompt: draft.prompt.trim() || null,
    variants: platforms
      .map((platform) => ({ platform, variant: draft.variants[platform] }))
      .filter(({ variant }) => isWritten(variant))
      .map(({ platform, variant }) => ({
        platform,
        text: variant?.text ?? '',
        link: variant?.link.trim() || null,
        parts: writtenParts(variant),
        media: namedMedia(variant),
      })),
  };
}

/**
 * The input of the checks before a draft is sent to accounts; null while there is no text or no time. A repeat is checked at its first
 * time.
 */
export function toCheckInput(
  draft: Draft,
  accounts: readonly { id: string; platform: string }[],
): CheckRequest | null {
  if (accounts.length === 0) return null;
  if (draft.when === 'at' && !draft.local) return null;
  if (draft.when === 'repeat' && !(draft.repeat.startDay && draft.repeat.time)) return null;
  return {
    texts: [...new Set(accounts.map((a) => a.platform))].map((platform) => ({
      platform,
      text: draft.variants[platform]?.text ?? '',
      link: draft.variants[platform]?.link.trim() || null,
      parts: writtenParts(draft.variants[platform]),
      media: namedMedia(draft.variants[platform]),
    })),
    targets: toTargets(
      draft,
      accounts.map(({ id }) => id),
    ),
    topicId: draft.topicId,
    local:
      draft.when === 'at'
        ? draft.local
        : draft.when === 'repeat'
          ? `${firstDayOf(draft.repeat)}T${draft.repeat.time}`
          : null,
    queue: draft.when === 'queue',
    moving: [],
  };
}
