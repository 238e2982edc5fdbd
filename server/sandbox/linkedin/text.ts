/** Characters that a text may contain only with a backslash; the rest of it is not shown otherwise. */
const RESERVED = '|{}@[]()<>#*_~';
const isWord = (char: string | undefined): boolean => char !== undefined && /[\p{L}\p{N}]/u.test(char);

/**
 * Reads LinkedIn's "little text format": a backslash before a character makes it plain, `#word` is a hashtag, `{hashtag|\#|word}` another,
 * and `@[name](urn)` a mention. As LinkedIn does, drops what follows a reserved character with no meaning.
 */
export function readLittle(text: string): { shown: string; stored: string } {
  let [shown, stored] = ['', ''];
  for (let at = 0; at < text.length; ) {
    const rest = text.slice(at);
    const char = text[at] ?? '';
    const template = /^\{hashtag\|\\?#\|([^}|]+)\}/.exec(rest);
    const mention = /^@\[([^\]]+)\]\((urn:li:[^)]+)\)/.exec(rest);
    if (char === '\\' && at + 1 < text.length) {
      shown += text[at + 1];
      stored += rest.slice(0, 2);
      at += 2;
    } else if (template) {
      shown += `#${(template[1] ?? '').replace(/\\(.)/g, '$1')}`;
      stored += template[0];
      at += template[0].length;
    } else if (mention) {
      shown += mention[1];
      stored += mention[0];
      at += mention[0].length;
    } else if (char === '#' && isWord(String.fromCodePoint(text.codePointAt(at + 1) ?? 32))) {
      const word = /^#((?:[\p{L}\p{N}]|\\_)+)/u.exec(rest)?.[1] ?? '';
      shown += `#${word.replaceAll('\\_', '_')}`;
      stored += `{hashtag|\\#|${word}}`;
      at += word.length + 1;
    } else if (RESERVED.includes(char)) {
      return { shown, stored };
    } else {
      shown += char;
      stored += char;
      at += 1;
    }
  }
  return { shown, stored };
}
