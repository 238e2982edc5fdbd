import { decodeHTMLStrict } from 'entities';
import { storableText } from '@/server/foundation/storable';

/**
 * Decodes the HTML entities of a text that a platform sends escaped, once: `&amp;amp;` becomes `&amp;`. Only for errors and for fields that
 * the platform escapes; a text that was not escaped may contain anything that looks like an entity. An ampersand without a semicolon stays.
 */
export const decodeHtml = (text: string): string =>
  text.includes('&') ? storableText(decodeHTMLStrict(text)) : text;

const BASIC: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
/** Decodes, once, only the five characters that have a meaning in HTML, for a platform that escapes no others. */
export const decodeBasicHtml = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|#39);/g, (entity, name: string) => BASIC[name] ?? entity);

/** A tag, to its end or the end of the text. `<` before anything else is a sign of the text, and a quoted attribute may contain `>`. */
const TAG = /<[a-z/!?](?:=\s*(?:"[^"]*"|'[^']*')|[^>])*>?/gi;

/** Characters of a document that are looked at. */
const MAX_MARKUP = 20_000;

/**
 * Removes everything from each match of `opening` to the next match of the pattern that `closing` returns for its first group. An opening
 * without a closing stays.
 */
function withoutParts(text: string, opening: RegExp, closing: (name: string) => RegExp): string {
  const unclosed = new Set<string>();
  let kept = '';
  let at = 0;
  for (const match of text.matchAll(opening)) {
    const name = match[1]?.toLowerCase() ?? '';
    // What is not closed once is not closed later either, so it is not searched for again.
    if (match.index < at || unclosed.has(name)) continue;
    const end = closing(name);
    end.lastIndex = match.index + match[0].length;
    if (!end.test(text)) unclosed.add(name);
    else {
      kept += `${text.slice(at, match.index)} `;
      at = end.lastIndex;
    }
  }
  return kept + text.slice(at);
}

/** Returns the visible text of the beginning of an HTML or XML document, on one line. */
export function textOfMarkup(markup: string): string {
  const read = markup.slice(0, MAX_MARKUP);
  const title = /<title[^<>]*>([^<]*)<\/title>/i.exec(read)?.[1];
  const shown = withoutParts(read, /<(script|style|head)\b/gi, (name) => new RegExp(`</${name}\\s*>`, 'gi'));
  const body = withoutParts(shown, /<!--/g, () => /-->/g);
  const visible = decodeHtml(body.replace(TAG, ' ')).replace(/\s+/gu, ' ').trim();
  return visible || decodeHtml(title ?? '').trim();
}
