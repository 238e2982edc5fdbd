import extractUrls from 'twitter-text/dist/extractUrlsWithIndices.js';
import { signsIn } from '../shell/body';
import { escaped } from '../shell/escape';

/** Mastodon finds links with twitter-text, and names and hashtags by patterns of its own. */

type Named =
  | { is: 'link'; url: string }
  | { is: 'mention'; name: string; host: string | undefined }
  | { is: 'hashtag'; tag: string };
type Entity = { start: number; end: number } & Named;

const MENTION =
  /(^|[^=/\p{L}\p{N}\p{M}_])@(\w+(?:[.-]+\w+)*)(?:@([\p{L}\p{N}][\p{L}\p{N}.-]*[\p{L}\p{N}]))?/gu;
const HASHTAG = /(^|[^/)\p{L}\p{N}_])#([\p{L}\p{N}_]*[\p{L}_][\p{L}\p{N}_]*)/gu;

/** Returns what becomes a link in a text, in order and without overlaps. */
export function entitiesOf(text: string): Entity[] {
  const found: Entity[] = extractUrls(text)
    .filter(({ url }) => /^https?:/i.test(url))
    .map(({ url, indices: [start, end] }) => ({ is: 'link', url, start, end }));
  const add = (pattern: RegExp, entity: (...parts: (string | undefined)[]) => Named) => {
    for (const match of text.matchAll(pattern)) {
      const [whole, before = '', ...parts] = match;
      const [start, end] = [match.index + before.length, match.index + whole.length];
      if (found.every((one) => one.end <= start || one.start >= end))
        found.push({ ...entity(...parts), start, end });
    }
  };
  add(MENTION, (name = '', host) => ({ is: 'mention', name, host }));
  add(HASHTAG, (tag = '') => ({ is: 'hashtag', tag }));
  return found.sort((a, b) => a.start - b.start);
}

function rewrite(text: string, plain: (part: string) => string, entity: (one: Entity) => string): string {
  let out = '';
  let at = 0;
  for (const one of entitiesOf(text)) {
    out += plain(text.slice(at, one.start)) + entity(one);
    at = one.end;
  }
  return out + plain(text.slice(at));
}

/** Returns the length of a text: a link counts as the server says, a name without its server. */
export function lengthOf(text: string, perUrl: number): number {
  const counted = rewrite(
    text,
    (part) => part,
    (one) =>
      one.is === 'link'
        ? '-'.repeat(perUrl)
        : one.is === 'mention'
          ? `@${one.name}`
          : text.slice(one.start, one.end),
  );
  return signsIn(counted);
}

function link(url: string): string {
  const [prefix = ''] = /^https?:\/\/(?:www\.)?/.exec(url) ?? [];
  const rest = url.slice(prefix.length);
  return `<a href="${escaped(url)}" target="_blank" rel="nofollow noopener" translate="no"><span class="invisible">${escaped(prefix)}</span><span class="${rest.length > 30 ? 'ellipsis' : ''}">${escaped(rest.slice(0, 30))}</span><span class="invisible">${escaped(rest.slice(30))}</span></a>`;
}

/** Returns the HTML of a text. `site` is the server's address; `knows` says whether there is an account of this name. */
export function htmlOf(text: string, site: string, knows: (name: string) => boolean): string {
  if (text === '') return '';
  const marked = rewrite(text, escaped, (one) => {
    if (one.is === 'link') return link(one.url);
    if (one.is === 'hashtag')
      return `<a href="${site}/tags/${encodeURIComponent(one.tag)}" class="mention hashtag" rel="tag">#<span>${escaped(one.tag)}</span></a>`;
    if (!knows(one.name)) return escaped(text.slice(one.start, one.end));
    return `<span class="h-card" translate="no"><a href="${site}/@${one.name}" class="u-url mention">@<span>${one.name}</span></a></span>`;
  });
  const paragraphs = marked.replace(/\r\n?/g, '\n').split(/\n\n+/);
  return `<p>${paragraphs.map((part) => part.replaceAll('\n', '<br />')).join('</p><p>')}</p>`;
}
