import type { Ctx } from '../http';

interface Sizes {
  /** Name of the parameter with the number of entries, how many there are without it, and at most. */
  size: string;
  standard: number;
  most: number;
}

/** Reads a whole number of the query. Returns null if it is none, or not in the range. */
export function wholeNumber(c: Ctx, name: string, standard: number, from: number, to: number): number | null {
  const text = c.req.query(name);
  if (text === undefined || text === '') return standard;
  const value = Number(text);
  return /^\d+$/.test(text) && value >= from && value <= to ? value : null;
}

/** A part of a list by numbers: the entries to skip, and how many follow. */
export interface Part {
  limit: number;
  offset: number;
}

/** Reads paging by offset. Returns null if a parameter is invalid. */
export function byOffset(c: Ctx, o: Sizes & { offset: string }): Part | null {
  const limit = wholeNumber(c, o.size, o.standard, 1, o.most);
  const offset = wholeNumber(c, o.offset, 0, 0, 1_000_000);
  return limit === null || offset === null ? null : { limit, offset };
}

/** Reads paging by page, from 1. Returns null if a parameter is invalid. */
export function byPage(c: Ctx, o: Sizes & { page: string }): (Part & { page: number }) | null {
  const limit = wholeNumber(c, o.size, o.standard, 1, o.most);
  const page = wholeNumber(c, o.page, 1, 1, 100_000);
  return limit === null || page === null ? null : { limit, page, offset: (page - 1) * limit };
}

/** Reads paging by cursor. `after` is the id of the last entry that the caller has. Returns null if a parameter is invalid. */
export function byCursor(
  c: Ctx,
  o: Sizes & { cursor: string },
): { limit: number; after: string | undefined } | null {
  const limit = wholeNumber(c, o.size, o.standard, 1, o.most);
  const text = c.req.query(o.cursor);
  const after = text ? idIn(text) : undefined;
  return limit === null || after === null ? null : { limit, after };
}

/** Returns the cursor after an entry with this id. */
export const cursorAfter = (id: string): string => Buffer.from(id).toString('base64url');

/** Returns the id in a cursor, or null if it is not one of ours. */
export function idIn(cursor: string): string | null {
  const id = Buffer.from(cursor, 'base64url').toString();
  return id !== '' && cursorAfter(id) === cursor ? id : null;
}

/** Separates a page from rows that were read with one more than its limit. `last` is set if more follow. */
export function cut<T>(rows: readonly T[], limit: number): { shown: T[]; last: T | undefined } {
  const shown = rows.slice(0, limit);
  return { shown, last: rows.length > limit ? shown.at(-1) : undefined };
}
