/**
 * How far a listener has read: the time (milliseconds since 1970, by the process's clock) and, once a poll has determined it, the oldest
 * transaction in progress at that time. All rows of earlier transactions have been reported.
 */
export interface Cursor {
  readonly at: number;
  /** A full transaction id (`xid8`) as text; null if only the time is known. */
  readonly xid: string | null;
}

/** Maximum time between the timestamp of a row and its commit, including the clock skew between processes. */
export const OVERLAP_MS = 60_000;
/** The same for a cursor with only a time. It is shorter because every row since then is reported. */
export const FRESH_OVERLAP_MS = 10_000;
/** A listener that was away for longer reloads everything instead. */
export const MAX_GAP_MS = 10 * 60_000;

/** Formats a cursor as an event id: `<at>` or `<at>.<xid>`. */
export const writeCursor = ({ at, xid }: Cursor): string => (xid === null ? `${at}` : `${at}.${xid}`);

/** Parses the cursor that a client sends back. Returns null if it is invalid; a time in the future is limited to `now`. */
export function readCursor(text: string | null | undefined, now: Date): Cursor | null {
  const match = /^(\d{1,15})(?:\.(\d{1,18}))?$/.exec(text ?? '');
  if (!match?.[1]) return null;
  return { at: Math.min(Number(match[1]), now.getTime()), xid: match[2] ?? null };
}
