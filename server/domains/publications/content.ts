import type { Media, Part } from '@/db/schema';
import { type OptionValues, optionsKey } from '@/server/foundation/option-values';

/** The content of a post for one platform. */
export interface Wording {
  text: string;
  link: string | null;
  parts: Part[];
  media: Media[];
}
/** The content of a publication: that of its post, with the options of its account. */
export interface Content extends Wording {
  options: OptionValues;
}

/** Whether two contents are equal: text, link, further parts, the media in order with their descriptions, and the options. */
export const sameContent = <C extends Wording | Content>(a: C, b: NoInfer<C>): boolean =>
  contentKey(a) === contentKey(b);
/** Serializes a content. Equal contents give equal texts, whatever other properties their objects have. */
export function contentKey({ text, link, parts, media, ...rest }: Wording | Content): string {
  const options = 'options' in rest ? optionsKey(rest.options) : '';
  return JSON.stringify([
    text,
    link,
    parts.map((part) => [part.text, part.link ?? null]),
    media.map((one) => [one.fileId, one.alt]),
    // Omitted if there are none, because series store hashes of keys.
    ...(options === '' ? [] : [options]),
  ]);
}
