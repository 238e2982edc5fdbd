import { z } from 'zod';
import type { Query } from '../kit/connector';
import { type Pages, readPages } from '../kit/paging';
import { wire } from '../kit/wire';

const paging = wire({
  cursors: wire({ after: z.string().optional() }).optional(),
  next: z.string().optional(),
}).optional();
type Paging = z.output<typeof paging>;

/** One page of a list of the Graph API. */
export const graphList = <S extends z.ZodType>(item: S) => wire({ data: z.array(item), paging });

/** Pages of a look-up, which reads what was posted since an attempt. */
const MAX_PAGES = 8;

/** Reads a list to its end or to the page limit. In the latter case it is not `complete`. `ask` requests the page at a position. */
export const readList = <T>(
  ask: (position: Query) => Promise<{ data: T[]; paging?: Paging }>,
  maxPages = MAX_PAGES,
): Promise<Pages<T>> =>
  readPages<T, Query>(
    {},
    async (position) => {
      const { data, paging } = await ask({ limit: 100, ...position });
      return { items: data, next: nextPage(paging) };
    },
    maxPages,
  );

/** Parameters of a list's next page, whichever way the list is paged. */
const POSITION = ['after', 'offset', 'until', '__paging_token', 'page'];
/**
 * Returns where the next page begins, or null after the last page. There is one if, and only if, `next` has its address. Its position is the
 * cursor, or is in that address if the list is paged by time or by offset:
 * https://developers.facebook.com/docs/graph-api/results
 */
function nextPage(paging: Paging): Query | null {
  if (!paging?.next) return null;
  const after = paging.cursors?.after;
  if (after) return { after };
  const asked = URL.canParse(paging.next) ? new URL(paging.next).searchParams : new URLSearchParams();
  // Without a position this asks for the same page again, which ends the reading as incomplete.
  return Object.fromEntries([...asked].filter(([name]) => POSITION.includes(name)));
}
