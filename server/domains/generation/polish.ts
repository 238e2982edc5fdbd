import type { Manifest } from '@/server/connectors/kit/manifest';
import { manifests } from '@/server/connectors/manifests';
import { countText, textRules } from '@/server/connectors/text-rules';

const SKIN = '\\u{1F3FB}-\\u{1F3FF}';
/** Keycaps, and pictographs with everything that can be joined to them (variation selectors, skin tones, joiners, flag tags). */
const EMOJI = new RegExp(
  '[0-9#*]\\uFE0F?\\u20E3' +
    `|[\\p{Extended_Pictographic}\\p{Emoji_Presentation}\\p{Regional_Indicator}${SKIN}](?:\\uFE0F|\\u200D|[${SKIN}]|[\\u{E0020}-\\u{E007F}])*`,
  'gu',
);
/** Text symbols that Unicode also lists as pictographs. */
const PLAIN_SIGNS = /^[©®™‼⁉ℹ↔↕↖↗↘↙↩↪]$/u;

/** Removes every emoji from a text and closes the gaps. */
export function withoutEmoji(text: string): string {
  return tidySpaces(text.replace(EMOJI, (found) => (PLAIN_SIGNS.test(found) ? found : '')));
}

/** Removes hashtags at the end of a text and turns those inside a sentence into plain words. URLs keep their fragment. */
export function withoutHashtags(text: string): string {
  const lines = text.split('\n').map((line) => {
    const words = line.split(' ');
    while (words.length > 0 && /^[#＃][\p{L}\p{M}\p{N}_]+$/u.test(words.at(-1) ?? '')) words.pop();
    return words
      .map((word) => (word.includes('://') ? word : word.replace(/[#＃]+(?=[\p{L}\p{N}_])/gu, '')))
      .join(' ');
  });
  return tidySpaces(lines.join('\n'));
}

/** Collapses spaces between words, trims line ends, and leaves at most one empty line in a row. */
export function tidySpaces(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[ \t]+/g, ' ')
    .replace(/ *\n */g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/ +([.,;:!?])/g, '$1')
    .trim();
}

const QUOTES: readonly (readonly [string, string])[] = [
  ['"', '"'],
  ['“', '”'],
  ['«', '»'],
  ['„', '“'],
];

const platformNames = Object.values<Manifest>(manifests)
  .flatMap(({ name, drafting }) => [name, ...(drafting?.aliases ?? [])])
  .map((name) => name.replace(/[^\p{L}\p{N}]/gu, '\\$&'))
  .join('|');
/** "Here's your post:", "Post:" or the same with the name of a platform. */
const LABEL = new RegExp(`^(?:here(?:'s| is)\\b[^\\n:]{0,60}:|(?:${platformNames})?\\s?post:)\\s*`, 'i');

/** Removes what models wrap around a post although they were asked for the post alone: fences, a label, quotation marks. */
export function unwrap(text: string): string {
  let bare = text.trim();
  const fence = /^```[a-z]*\n([\s\S]*?)\n?```$/i.exec(bare);
  if (fence?.[1] !== undefined) bare = fence[1].trim();
  bare = bare.replace(LABEL, '');
  for (const [open, close] of QUOTES)
    if (bare.length > 2 && bare.startsWith(open) && bare.endsWith(close) && !bare.slice(1, -1).includes(open))
      bare = bare.slice(1, -1).trim();
  return bare;
}

const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });
const words = new Intl.Segmenter('en', { granularity: 'word' });
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** A part of a text that is kept whole or left out. */
type Whole = { start: number; end: number };

/** Returns the longest prefix of whole segments that fits and does not end inside one of `wholes`. */
function longestFit(
  text: string,
  segmenter: Intl.Segmenter,
  wholes: readonly Whole[],
  fits: (candidate: string) => boolean,
): string {
  let best = '';
  let at = '';
  for (const { segment } of segmenter.segment(text)) {
    at += segment;
    const inside = wholes.some(({ start, end }) => at.length > start && at.length < end);
    if (inside) continue;
    if (fits(at.trimEnd())) best = at;
    else if (at.trimEnd().length > best.trimEnd().length + 400) break;
  }
  return best.trimEnd();
}

/**
 * Shortens a text to a platform's limit, counted as the platform counts: after a sentence if that keeps at least half of the limit,
 * otherwise after a word with an ellipsis, and inside a word only if a single word is too long. Never inside a link.
 */
export function clampText(
  platform: string,
  text: string,
  limit: number,
): { text: string; shortened: boolean } {
  const fits = (candidate: string) => countText(platform, candidate) <= limit;
  if (fits(text)) return { text, shortened: false };
  const links = textRules(platform).findLinks(text);
  const bySentence = longestFit(text, sentences, links, fits);
  if (countText(platform, bySentence) * 2 >= limit) return { text: bySentence, shortened: true };
  const withDots = (candidate: string) => {
    const kept = candidate.trimEnd();
    const endsWithLink = links.some(({ end }) => end === kept.length);
    return `${endsWithLink ? kept : kept.replace(/[\s,;:–—-]+$/u, '')}…`;
  };
  const byWord = longestFit(text, words, links, (candidate) => fits(withDots(candidate)));
  if (byWord.trim() !== '') return { text: withDots(byWord), shortened: true };
  const byLetter = longestFit(text, graphemes, links, (candidate) => fits(withDots(candidate)));
  return { text: byLetter === '' ? '' : withDots(byLetter), shortened: true };
}

export interface PolishRules {
  platform: string;
  limit: number;
  hashtags: boolean;
  emoji: boolean;
  /** Maximum number of hashtags that suits the platform. */
  maxHashtags: number;
}

/** Final step for every text, from a model or the offline drafter. Enforces the switches and the platform's limit. */
export function polish(raw: string, rules: PolishRules): { text: string; shortened: boolean } {
  let text = tidySpaces(unwrap(raw));
  if (!rules.emoji) text = withoutEmoji(text);
  text = rules.hashtags ? atMostHashtags(text, rules.maxHashtags) : withoutHashtags(text);
  return clampText(rules.platform, text, rules.limit);
}

function atMostHashtags(text: string, max: number): string {
  let seen = 0;
  return tidySpaces(
    text.replace(/(^|\s)([#＃][\p{L}\p{M}\p{N}_]+)/gu, (whole, before: string) => {
      seen += 1;
      return seen <= max ? whole : before;
    }),
  );
}
