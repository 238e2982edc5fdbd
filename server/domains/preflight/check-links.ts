import type { z } from 'zod';
import { findUrls } from '@/server/connectors/kit/text';
import { type Fact, fact } from '@/server/foundation/facts';
import {
  type SafeAnswer,
  SafeFetchError,
  type SafeFetchOptions,
  safeFetch,
} from '@/server/foundation/safe-fetch';
import type { Ctx } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { type CheckedLink, checkLinksInput, checkLinksOutput } from './check-links-schemas';

/** Links of one call that are checked; a post with more is read by nobody. */
const MAX_LINKS = 12;
const AT_ONCE = 4;
/** How long an answer is believed, in milliseconds: what is gone may be put up in a moment. */
const BELIEVED_MS = { fine: 15 * 60_000, dead: 2 * 60_000, unchecked: 60_000 } as const;
const MAX_KEPT = 2_000;
/** New addresses that one workspace may have us ask in a minute. */
const ASKS_A_MINUTE = 60;

type LinkResult = Pick<CheckedLink, 'state' | 'message'>;
export type LinkFetcher = (url: string, options: SafeFetchOptions) => Promise<SafeAnswer>;

interface Kept {
  until: number;
  result: Promise<LinkResult>;
}
const kept = new Map<string, Kept>();
const asks = new Map<string, { minute: number; count: number }>();

/** For tests: forgets every answer. */
export function forgetLinks(): void {
  kept.clear();
  asks.clear();
}

/** The links of texts, each once, as a browser would open them. An address without https:// counts where it is surely one. */
export function linksOf(texts: readonly string[]): { shown: string; address: string }[] {
  const found = new Map<string, string>();
  for (const text of texts)
    for (const { url, certain } of findUrls(text)) {
      const address = /^https?:\/\//i.test(url) ? url : `https://${url}`;
      if (certain && !found.has(address)) found.set(address, url);
    }
  return [...found].map(([address, shown]) => ({ shown, address }));
}

/**
 * Opens the links of texts and says which surely lead nowhere: 404, 410, a name that does not exist, a certificate that no
 * browser takes. Everything else that goes wrong is "could not be checked". Answers are kept for some minutes.
 */
export async function openLinks(
  ctx: Ctx,
  { texts }: z.output<typeof checkLinksInput>,
  fetcher: LinkFetcher = safeFetch,
): Promise<z.output<typeof checkLinksOutput>> {
  const links = linksOf(texts).slice(0, MAX_LINKS);
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

/** Says which links of texts surely lead nowhere. */
export const checkLinks = defineVerb({
  verb: 'publications.checkLinks',
  permission: 'posts.publish',
  effect: 'check',
  input: checkLinksInput,
  output: checkLinksOutput,
  run: (ctx, input) => openLinks(ctx, input),
});

function resultOf(ctx: Ctx, address: string, fetcher: LinkFetcher): Promise<LinkResult> {
  const now = ctx.clock.now().getTime();
  const known = kept.get(address);
  if (known && known.until > now) return known.result;
  if (!mayAsk(ctx.workspaceId, now)) return Promise.resolve(UNCHECKED);
  if (kept.size >= MAX_KEPT) for (const old of [...kept.keys()].slice(0, MAX_KEPT / 2)) kept.delete(old);
  const entry: Kept = { until: now + BELIEVED_MS.unchecked, result: checkAddress(address, fetcher) };
  // Set again, so that the oldest come first when room is made.
  kept.delete(address);
  kept.set(address, entry);
  void entry.result.then(({ state }) => {
    entry.until = now + BELIEVED_MS[state];
  });
  return entry.result;
}

function mayAsk(workspaceId: string, now: number): boolean {
  const minute = Math.floor(now / 60_000);
  const own = asks.get(workspaceId);
  if (asks.size > MAX_KEPT) asks.clear();
  const count = own?.minute === minute ? own.count + 1 : 1;
  asks.set(workspaceId, { minute, count });
  return count <= ASKS_A_MINUTE;
}

const FINE: LinkResult = { state: 'fine', message: null };
const UNCHECKED: LinkResult = { state: 'unchecked', message: fact('preflight.problems.linkUnchecked') };
const dead = (message: Fact): LinkResult => ({ state: 'dead', message });

/** Never throws. */
async function checkAddress(address: string, fetcher: LinkFetcher): Promise<LinkResult> {
  try {
    // Many servers answer HEAD wrongly: only what they say to GET is held against them.
    const head = await fetcher(address, { method: 'HEAD' });
    if (head.status < 400) return FINE;
    const { status } = await fetcher(address, { method: 'GET', headers: { range: 'bytes=0-0' } });
    // 416: there is something, but it is empty.
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
