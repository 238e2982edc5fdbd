import type { Media, Part } from '@/db/schema';
import { MEDIA_NOUN } from '@/server/connectors/kit/media-noun';
import { sentence } from '../publishing/label';

/** All that goes out, the post with what it shows first and then what follows it, as a person reads it. */
export const textsOf = (post: {
  text: string;
  link: string | null;
  media: readonly Pick<Media, 'kind' | 'alt'>[];
  parts: readonly Part[];
}): string =>
  [
    [
      post.text,
      post.link,
      ...post.media.map((m) => `[${sentence(MEDIA_NOUN[m.kind])}${m.alt ? `: ${m.alt}` : ''}]`),
    ],
    ...post.parts.map((part) => [part.text, part.link]),
  ]
    .map((lines) => lines.filter(Boolean).join('\n'))
    .join('\n\n');
