import type { Fact } from '@/server/foundation/facts';
import { ConnectorFault, isConnectorFault } from './types';

declare const part: unique symbol;
/** Items of a list that was not read to its end. `partOf` returns them to those who tell the difference. */
export interface Part<T> {
  readonly [part]: T;
}
/** What was read of a list. The items can be used only after a look at `complete`. */
export type Pages<T> =
  | { readonly complete: true; readonly items: T[] }
  | { readonly complete: false; readonly items: Part<T> };

interface Page<T, C> {
  readonly items: readonly T[];
  /** Where the next page begins; null after the last one. */
  readonly next: C | null;
  /** The platform left something out of this page. */
  readonly partial?: boolean;
}

/**
 * Reads page after page, at most `limit` of them. Not `complete` if there are more, if a page is partial, or if the platform names a page a
 * second time, which would go on for ever, or sends the same items for the next page. A page with a temporary failure is retried once, because
 * otherwise long lists would rarely be read in full.
 */
export async function readPages<T, C>(
  first: C,
  ask: (cursor: C) => Promise<Page<T, C>>,
  limit: number,
): Promise<Pages<T>> {
  const items: T[] = [];
  const seen = new Set<string>();
  let complete = true;
  let before = '';
  let cursor: C | null = first;
  for (let page = 0; cursor !== null; page++) {
    const name = JSON.stringify(cursor);
    if (page === limit || seen.has(name)) return { items: items as unknown as Part<T>, complete: false };
    seen.add(name);
    const at: C = cursor;
    const answer: Page<T, C> = await ask(at).catch((error: unknown) => {
      if (isConnectorFault(error) && error.kind === 'transient') return ask(at);
      throw error;
    });
    const sent = answer.items.length === 0 ? '' : JSON.stringify(answer.items);
    if (sent !== '' && sent === before) return { items: items as unknown as Part<T>, complete: false };
    before = sent;
    items.push(...answer.items);
    if (answer.partial) complete = false;
    cursor = answer.next;
  }
  return complete ? { items, complete } : { items: items as unknown as Part<T>, complete };
}

/** Returns the items of a list that was read to its end. Throws `transient` with `notAll` otherwise. */
export function allOf<T>(pages: Pages<T>, notAll: Fact): T[] {
  if (!pages.complete) throw new ConnectorFault('transient', notAll);
  return pages.items;
}

/** Returns the items that were read, for a caller that itself reports whether the list is complete. */
export const partOf = <T>(pages: Pages<T>): T[] => pages.items as T[];

/** Asks for many things in requests of at most `most` each, one after the other. */
export async function inBatches<I, T>(
  ids: readonly I[],
  most: number,
  ask: (some: readonly I[]) => Promise<readonly T[]>,
): Promise<T[]> {
  const found: T[] = [];
  for (let at = 0; at < ids.length; at += most) found.push(...(await ask(ids.slice(at, at + most))));
  return found;
}
