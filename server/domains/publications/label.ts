import type { PublicationKind } from './publication-kind';

const FOLLOWING = { thread: 'the next part of', firstComment: 'the first comment on' } as const;

/** How a publication is called in sentences: “title” on X; the next part of “title” on X. */
export function labelOf(
  kind: PublicationKind,
  title: string,
  platformName: string,
  follow: keyof typeof FOLLOWING | null | undefined,
): string {
  const post = `“${title}” on ${platformName}`;
  if (kind === 'repost') return `the repost of ${post}`;
  return kind === 'reply' ? `${follow ? FOLLOWING[follow] : 'the follow-up to'} ${post}` : post;
}

/** With a capital letter first, for a label that begins a sentence. */
export const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
