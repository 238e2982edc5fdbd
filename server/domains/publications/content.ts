import type { Media, Part } from '@/db/schema';

/** The content of a publication. */
export interface Content {
  text: string;
  link: string | null;
  parts: Part[];
  media: Media[];
}

/** Whether two contents are equal: text, link, further parts, and the media in order with their descriptions. */
export const sameContent = (a: Content, b: Content): boolean => contentKey(a) === contentKey(b);
/** Serializes a content. Equal contents give equal texts, whatever other properties their objects have. */
export const contentKey = ({ text, link, parts, media }: Content): string =>
  JSON.stringify([
    text,
    link,
    parts.map((part) => [part.text, part.link ?? null]),
    media.map((one) => [one.fileId, one.alt]),
  ]);
