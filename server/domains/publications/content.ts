import type { Media, Part } from '@/db/schema';

/** What goes out. */
export interface Content {
  text: string;
  link: string | null;
  parts: Part[];
  media: Media[];
}

/** Whether two say the same: words, links, what follows, and the pictures in their order with their descriptions. */
export const sameContent = (a: Content, b: Content): boolean => toldBy(a) === toldBy(b);
export const toldBy = ({ text, link, parts, media }: Content): string =>
  JSON.stringify([
    text,
    link,
    parts.map((part) => [part.text, part.link ?? null]),
    media.map((one) => [one.fileId, one.alt]),
  ]);
