import type { Media, Part } from '@/db/schema';

/** What is published. */
export interface Content {
  text: string;
  link: string | null;
  parts: Part[];
  media: Media[];
}

/** Whether two contents are the same: words, links, further parts, and the pictures in their order with their descriptions. */
export const sameContent = (a: Content, b: Content): boolean => contentKey(a) === contentKey(b);
/** A content as text: equal for two that are the same, whatever else their objects carry. */
export const contentKey = ({ text, link, parts, media }: Content): string =>
  JSON.stringify([
    text,
    link,
    parts.map((part) => [part.text, part.link ?? null]),
    media.map((one) => [one.fileId, one.alt]),
  ]);
