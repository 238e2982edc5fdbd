import { decodeHTMLStrict } from 'entities';
import { storableText } from '@/server/foundation/storable';

/**
 * Decodes the HTML entities of a text that a platform sends escaped, once: `&amp;amp;` becomes `&amp;`. Only for errors and for fields that
 * the platform escapes; a text that was not escaped may contain anything that looks like an entity. An ampersand without a semicolon stays.
 */
export const decodeHtml = (text: string): string =>
  text.includes('&') ? storableText(decodeHTMLStrict(text)) : text;

/** A tag, to its end or the end of the text. `<` before anything else is a sign of the text, and a quoted attribute may contain `>`. */
const TAG = /<[a-z/!?](?:=\s*(?:"[^"]*"|'[^']*')|[^>])*>?/gi;

/** Returns the visible text of an HTML or XML document, on one line. */
export function textOfMarkup(markup: string): string {
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(markup)?.[1];
  const body = markup
    .replace(/<(script|style|head)\b[\s\S]*?<\/\1\s*>/gi, ' ')
    .replace(/<!--[\s\S]*?-->/g, ' ');
  const visible = decodeHtml(body.replace(TAG, ' ')).replace(/\s+/gu, ' ').trim();
  return visible || decodeHtml(title ?? '').trim();
}
