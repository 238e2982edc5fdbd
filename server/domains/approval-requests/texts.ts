import type { Media, Part } from '@/db/schema';
import { type Fact, fact } from '@/server/foundation/facts';

interface Texts {
  /** What goes out, or a fact that says what it is. */
  text: string | Fact;
  link: string | null;
  media: readonly Pick<Media, 'kind' | 'alt'>[];
  parts: readonly Part[];
}

/** All that goes out, line by line: the post with what it shows first, then what follows it, each after an empty line. */
export const linesOf = (post: Texts): (string | Fact)[] =>
  [
    [post.text, post.link, ...post.media.map((one, i) => shown(one, i, post.media.length))],
    ...post.parts.map((part) => [part.text, part.link]),
  ].flatMap((lines, i) => [...(i > 0 ? [''] : []), ...lines.filter((line) => !!line)] as (string | Fact)[]);

/** What goes out, as a person reads it. */
export const textsOf = (post: Texts, say: (message: Fact | string) => string): string =>
  linesOf(post).map(say).join('\n');

/** What of a picture, GIF or video can be put in words. */
function shown({ kind, alt }: Texts['media'][number], i: number, count: number): Fact {
  const which = { numbered: count > 1 ? 'yes' : 'no', kind, n: i + 1 } as const;
  return alt.trim()
    ? fact('approvalRequests.media.described', { ...which, alt: alt.trim() })
    : fact('approvalRequests.media.notDescribed', which);
}
