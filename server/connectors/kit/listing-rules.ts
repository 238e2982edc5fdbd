import { type Fact, fact } from '@/server/foundation/facts';
import type { ListingLimits } from './face';

/** The texts of a listing that a shop checks. */
export interface ListingTexts {
  readonly title: string;
  readonly tags: readonly string[];
}
interface ListingProblem {
  readonly field: 'title' | 'tags';
  readonly message: Fact;
}

const lengthOf = (text: string): number => [...text].length;
/** Shows a character: itself, or its code point if it is invisible on its own. */
const shown = (character: string): string =>
  /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(character)
    ? character
    : `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
const listOf = (characters: readonly string[]) => ({
  list: [...new Set(characters)].slice(0, 5).map(shown),
});

/** Returns why a shop would refuse these texts, each with its limit; empty if it would not. Pure. */
export function listingProblems(
  platform: string,
  limits: ListingLimits,
  { title: givenTitle, tags: givenTags }: ListingTexts,
): ListingProblem[] {
  const problems: ListingProblem[] = [];
  const title = givenTitle.normalize('NFC');
  const length = lengthOf(title);
  if (length > limits.title)
    problems.push({
      field: 'title',
      message: fact('listings.rules.titleTooLong', { platform, most: limits.title, length }),
    });
  const odd = title.match(limits.notInTitle) ?? [];
  if (odd.length > 0)
    problems.push({
      field: 'title',
      message: fact('listings.rules.titleCharacters', { platform, characters: listOf(odd) }),
    });
  const repeated = limits.onceInTitle.filter((character) => title.split(character).length > 2);
  if (repeated.length > 0)
    problems.push({
      field: 'title',
      message: fact('listings.rules.titleOnce', { platform, characters: listOf(repeated) }),
    });

  const tags = givenTags.map((tag) => tag.normalize('NFC').trim());
  if (tags.length > limits.tags)
    problems.push({
      field: 'tags',
      message: fact('listings.rules.tooManyTags', { platform, most: limits.tags, count: tags.length }),
    });
  for (const tag of tags) {
    if (lengthOf(tag) > limits.tag)
      problems.push({
        field: 'tags',
        message: fact('listings.rules.tagTooLong', {
          platform,
          most: limits.tag,
          tag,
          length: lengthOf(tag),
        }),
      });
    const wrong = tag.match(limits.notInTag) ?? [];
    if (wrong.length > 0)
      problems.push({
        field: 'tags',
        message: fact('listings.rules.tagCharacters', { platform, tag, characters: listOf(wrong) }),
      });
  }
  const twice = tags.find((tag, index) => tags.some((t, i) => i < index && same(t, tag)));
  if (twice !== undefined)
    problems.push({ field: 'tags', message: fact('listings.rules.tagTwice', { platform, tag: twice }) });
  return problems;
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
