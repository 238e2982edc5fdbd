import type { TextRulesOf } from '@/components/platforms/use-text-rules';
import type { CheckRequest } from './use-schedule-check';

/**
 * Returns the links of a post's texts on all platforms, including those of its parts: each once, as written. Texts of a platform whose
 * rules are still being loaded are omitted.
 */
export function linksToCheck(texts: CheckRequest['texts'], rulesOf: TextRulesOf): string[] {
  const links = new Map<string, string>();
  for (const { platform, parts, ...post } of texts)
    for (const { text, link } of [post, ...(parts ?? [])]) {
      const written =
        rulesOf(platform)
          ?.findLinks(text)
          .filter((found) => found.certain) ?? [];
      for (const url of [...written.map((found) => found.url), ...(link ? [link] : [])]) {
        const address = /^https?:\/\//i.test(url) ? url : `https://${url}`;
        if (!links.has(address)) links.set(address, url);
      }
    }
  return [...links.values()];
}
