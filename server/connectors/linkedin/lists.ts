import { type Pages, readPages } from '../kit/paging';

const PAGE = 100;
/** More than anyone publishes between an attempt and its look-up, and more pages than anyone administers. */
const MAX_PAGES = 10;

interface Listed<T> {
  readonly elements: readonly T[];
  readonly paging?: { readonly total?: number | undefined } | null | undefined;
}

/**
 * Reads a list by offset. One that is sorted newest first is read until the first item that is `old`, and without those. LinkedIn may leave
 * items out of a page, so that only an empty one is certainly the last if it names no total.
 */
export const readAll = <T>(
  ask: (part: { count: number; start: number }) => Promise<Listed<T>>,
  isOld: (item: T) => boolean = () => false,
): Promise<Pages<T>> =>
  readPages(
    0,
    async (start) => {
      const { elements, paging } = await ask({ count: PAGE, start });
      const items = elements.filter((item) => !isOld(item));
      const end = start + PAGE;
      const { total } = paging ?? {};
      const isLast =
        elements.length === 0 || items.length < elements.length || (total !== undefined && end >= total);
      return { items, next: isLast ? null : end };
    },
    MAX_PAGES,
  );
