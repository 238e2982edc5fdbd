import { platformFace } from './faces';
import { composeWith, type TextRules } from './kit/text';

/**
 * Returns the text of a post as it is sent to a platform. Throws RangeError if the platform takes no posts, because its way of sending a link
 * is not known.
 */
export function composeText(platform: string, text: string, link?: string | null): string {
  const terms = platformFace(platform).post?.text;
  if (!terms) throw new RangeError(`${platform} takes no posts`);
  return composeWith(terms, text, link);
}

/** Returns the length of a post by its platform's rules, including the link if it becomes part of the text. */
export const countBy = (
  rules: TextRules,
  platform: string,
  text: string,
  link?: string | null,
  linkCharacters?: number,
): number => rules.count(composeText(platform, text, link), linkCharacters);
