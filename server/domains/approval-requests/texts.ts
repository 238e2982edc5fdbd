import type { Media, Part } from '@/db/schema';
import { mediaWords } from '@/server/connectors/kit/media-noun';

/** All that goes out, the post with what it shows first and then what follows it, as a person reads it. */
export const textsOf = (post: {
  text: string;
  link: string | null;
  media: readonly Pick<Media, 'kind' | 'alt'>[];
  parts: readonly Part[];
}): string =>
  [
    [post.text, post.link, ...post.media.map((one, i) => `[${mediaWords(one, i, post.media.length)}]`)],
    ...post.parts.map((part) => [part.text, part.link]),
  ]
    .map((lines) => lines.filter(Boolean).join('\n'))
    .join('\n\n');
