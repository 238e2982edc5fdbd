import type { Media, Part } from '@/db/schema';
import { MEDIA_NOUN } from '@/server/connectors/kit/media-noun';
import { sentence } from '../publishing/label';

/** "Picture 2: A red fox", or "Picture 2, not described": what of a picture can be put in words. */
function inWords({ kind, alt }: Pick<Media, 'kind' | 'alt'>, i: number, count: number): string {
  const name = `${sentence(MEDIA_NOUN[kind])}${count > 1 ? ` ${i + 1}` : ''}`;
  return alt.trim() ? `[${name}: ${alt.trim()}]` : `[${name}, not described]`;
}

/** All that goes out, the post with what it shows first and then what follows it, as a person reads it. */
export const textsOf = (post: {
  text: string;
  link: string | null;
  media: readonly Pick<Media, 'kind' | 'alt'>[];
  parts: readonly Part[];
}): string =>
  [
    [post.text, post.link, ...post.media.map((one, i) => inWords(one, i, post.media.length))],
    ...post.parts.map((part) => [part.text, part.link]),
  ]
    .map((lines) => lines.filter(Boolean).join('\n'))
    .join('\n\n');
