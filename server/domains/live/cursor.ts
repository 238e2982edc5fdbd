/**
 * How far a listener has read: the moment (milliseconds since 1970, by the process's clock) and, once a poll has told it, the oldest
 * transaction that was still under way then. Every row of an earlier transaction has been told.
 */
export interface Cursor {
  readonly at: number;
  /** A full transaction id (`xid8`) as text; null when only the moment is known. */
  readonly xid: string | null;
}

/** Rows may be written up to this long before they are committed, or by a process whose clock is this much behind. */
export const OVERLAP_MS = 60_000;
/** The same when only a moment is known: then every row since is told, so that less is better. */
export const FRESH_OVERLAP_MS = 10_000;
/** Who was away longer reads everything again instead. */
export const MAX_GAP_MS = 10 * 60_000;

/** A cursor as an event's id: `<at>` or `<at>.<xid>`. */
export const writeCursor = ({ at, xid }: Cursor): string => (xid === null ? `${at}` : `${at}.${xid}`);

/** Reads what a client sends back. Null when it is none; what it says about the future is cut off at `now`. */
export function readCursor(text: string | null | undefined, now: Date): Cursor | null {
  const match = /^(\d{1,15})(?:\.(\d{1,18}))?$/.exec(text ?? '');
  if (!match?.[1]) return null;
  return { at: Math.min(Number(match[1]), now.getTime()), xid: match[2] ?? null };
}
