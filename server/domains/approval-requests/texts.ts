import type { Media, Part } from '@/db/schema';
import type { ShownOption } from '@/server/connectors/kit/options';
import { type Fact, fact } from '@/server/foundation/facts';

interface Texts {
  /** The text, or a fact that describes it, such as "Repost of: …". */
  text: string | Fact;
  link: string | null;
  media: readonly Pick<Media, 'kind' | 'alt'>[];
  parts: readonly Part[];
  options?: readonly ShownOption[];
}

/** Returns the lines of a post: text, link, media and options first, then each further part after an empty line. */
export const linesOf = (post: Texts): (string | Fact)[] =>
  [
    [
      post.text,
      post.link,
      ...post.media.map((one, i) => shown(one, i, post.media.length)),
      ...(post.options ?? []).map(({ label, value }) => fact('approvalRequests.option', { label, value })),
    ],
    ...post.parts.map((part) => [part.text, part.link]),
  ].flatMap((lines, i) => [...(i > 0 ? [''] : []), ...lines.filter((line) => !!line)] as (string | Fact)[]);

/** Returns a post as plain text for a reader. */
export const textsOf = (post: Texts, say: (message: Fact | string) => string): string =>
  linesOf(post).map(say).join('\n');

/** Describes a picture, GIF or video as text. */
function shown({ kind, alt }: Texts['media'][number], i: number, count: number): Fact {
  const which = { numbered: count > 1 ? 'yes' : 'no', kind, n: i + 1 } as const;
  return alt.trim()
    ? fact('approvalRequests.media.described', { ...which, alt: alt.trim() })
    : fact('approvalRequests.media.notDescribed', which);
}
