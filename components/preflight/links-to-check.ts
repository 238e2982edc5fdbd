import { findUrls } from '@/server/connectors/kit/text';
import type { CheckRequest } from './use-schedule-check';

/** Returns the links of a post's texts on all platforms, including those of its parts: each once, as written. */
export function linksToCheck(texts: CheckRequest['texts']): string[] {
  const links = new Map<string, string>();
  for (const { text, link } of texts.flatMap((each) => [each, ...(each.parts ?? [])])) {
    const written = findUrls(text).filter((found) => found.certain);
    for (const url of [...written.map((found) => found.url), ...(link ? [link] : [])]) {
      const address = /^https?:\/\//i.test(url) ? url : `https://${url}`;
      if (!links.has(address)) links.set(address, url);
    }
  }
  return [...links.values()];
}
