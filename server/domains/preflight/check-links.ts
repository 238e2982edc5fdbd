import type { z } from 'zod';
import { textRules } from '@/server/connectors/text-rules';
import { type Fact, fact } from '@/server/foundation/facts';
import {
  type SafeAnswer,
  SafeFetchError,
  type SafeFetchOptions,
  safeFetch,
} from '@/server/foundation/safe-fetch';
import { truncateText } from '@/server/foundation/storable';
import { textWork } from '@/server/foundation/text-work';
import type { Ctx } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { type CheckedLink, checkLinksInput, checkLinksOutput } from './check-links-schemas';

/** Maximum number of links checked per call. A sensible post does not have more. */
const MAX_LINKS = 12;
/** Maximum number of characters searched for links per call. The calls of a request also share a limit (text-work.ts). */
const MAX_SEARCHED = 20_000;
/** How much more work it is to search a character for links than to compare it. */
const SEARCH_WORK = 5;
const AT_ONCE = 4;
/** How long a result is cached, in milliseconds. Failures expire sooner, because the page may be back at any moment. */
const CACHE_MS = { fine: 15 * 60_000, dead: 2 * 60_000, unchecked: 60_000 } as const;
const MAX_KEPT = 2_000;
/** Maximum number of new URLs that we request for one workspace per minute. */
const REQUESTS_PER_MINUTE = 60;

type LinkResult = Pick<CheckedLink, 'state' | 'message'>;
export type LinkFetcher = (url: string, options: SafeFetchOptions) => Promise<SafeAnswer>;

interface Kept {
  until: number;
  result: Promise<LinkResult>;
}
const kept = new Map<string, Kept>();
const asks = new Map<string, { minute: number; count: number }>();

/** Clears the cache and the request counts. For tests. */
export function forgetLinks(): void {
  kept.clear();
  asks.clear();
}

/**
 * Returns the distinct links of texts as a browser would open them. An address without https:// is included only if it certainly is one.
 */
export async function linksOf({
  texts,
  platform = '',
  links = [],
}: z.output<typeof checkLinksInput>): Promise<{ shown: string; address: string }[]> {
  const found = new Map<string, string>();
  const rules = textRules(platform);
  const add = (url: string) => {
    const address = /^https?:\/\//i.test(url) ? url : `https://${url}`;
    if (found.size < MAX_LINKS && !found.has(address) && URL.canParse(address)) found.set(address, url);
  };
  const work = textWork();
  let left = MAX_SEARCHED;
  for (const text of texts) {
    if (found.size >= MAX_LINKS || left <= 0) break;
    const searched = truncateText(text, left);
    if (!(await work.take(searched.length * SEARCH_WORK))) break;
    for (const { certain, url } of rules.findLinks(searched)) if (certain) add(url);
    left -= text.length;
  }
  for (const url of links) add(url);
  return [...found].map(([address, shown]) => ({ shown, address }));
}

/**
 * Opens the links of texts and reports those that certainly lead nowhere: 404, 410, an unknown host, an invalid certificate. Any other
 * failure is "could not be checked". Results are cached for some minutes.
 */
export async function openLinks(
  ctx: Ctx,
  input: z.output<typeof checkLinksInput>,
  fetcher: LinkFetcher = safeFetch,
): Promise<z.output<typeof checkLinksOutput>> {
  const links = await linksOf(input);
  const answers: CheckedLink[] = [];
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < links.length; i = next++) {
      const link = links[i];
      if (link) answers[i] = { url: link.shown, ...(await resultOf(ctx, link.address, fetcher)) };
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { links: answers };
}

/** Reports which links of texts certainly lead nowhere. */
export const checkLinks = defineVerb({
  verb: 'publications.checkLinks',
  access: 'posts.publish',
  effect: 'check',
  input: checkLinksInput,
  output: checkLinksOutput,
  run: (ctx, input) => openLinks(ctx, input),
});

function resultOf(ctx: Ctx, address: string, fetcher: LinkFetcher): Promise<LinkResult> {
  const now = ctx.clock.now().getTime();
  const known = kept.get(address);
  if (known && known.until > now) return known.result;
  if (!takeRequestSlot(ctx.workspaceId, now)) return Promise.resolve(UNCHECKED);
  if (kept.size >= MAX_KEPT) for (const old of [...kept.keys()].slice(0, MAX_KEPT / 2)) kept.delete(old);
  const entry: Kept = { until: now + CACHE_MS.unchecked, result: checkAddress(address, fetcher) };
  // Inserted again, so that the oldest entries come first when the cache is trimmed.
  kept.delete(address);
  kept.set(address, entry);
  void entry.result.then(({ state }) => {
    entry.until = now + CACHE_MS[state];
  });
  return entry.result;
}

function takeRequestSlot(workspaceId: string, now: number): boolean {
  const minute = Math.floor(now / 60_000);
  const own = asks.get(workspaceId);
  if (asks.size > MAX_KEPT) asks.clear();
  const count = own?.minute === minute ? own.count + 1 : 1;
  asks.set(workspaceId, { minute, count });
  return count <= REQUESTS_PER_MINUTE;
}

const FINE: LinkResult = { state: 'fine', message: null };
const UNCHECKED: LinkResult = { state: 'unchecked', message: fact('preflight.problems.linkUnchecked') };
const dead = (message: Fact): LinkResult => ({ state: 'dead', message });

/** Never throws. */
async function checkAddress(address: string, fetcher: LinkFetcher): Promise<LinkResult> {
  try {
    // Many servers handle HEAD incorrectly, so only the response to GET counts against them.
    const head = await fetcher(address, { method: 'HEAD' });
    if (head.status < 400) return FINE;
    const { status } = await fetcher(address, { method: 'GET', headers: { range: 'bytes=0-0' } });
    // 416: the resource exists, but is empty.
    if (status < 400 || status === 416) return FINE;
    if (status === 404) return dead(fact('preflight.problems.linkNotFound'));
    if (status === 410) return dead(fact('preflight.problems.linkGone'));
    return UNCHECKED;
  } catch (error) {
    if (!(error instanceof SafeFetchError)) return UNCHECKED;
    if (error.reason === 'no_such_host') return dead(fact('preflight.problems.linkNoSite'));
    if (error.reason === 'tls') return dead(fact('preflight.problems.linkCertificate'));
    return UNCHECKED;
  }
}
