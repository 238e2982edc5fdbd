import { log } from './log';

/** One kind of line is written at most once in so many milliseconds. */
const EVERY_MS = 10_000;
/** Kinds that are told apart in that time. What comes beyond them counts as one kind for each message. */
const KINDS = 200;

type Level = 'info' | 'warn' | 'error';
interface Kind {
  until: number;
  left: number;
}

// One for the process: the start file and the routes are bundled apart.
const shared = globalThis as typeof globalThis & { __tributaryBoundedLog?: Map<string, Kind> };

/**
 * Writes a line that others can cause as often as they like: each `message` and `kind` at most once in ten seconds, with how many were
 * left out since the last one (`more`). The message is one of our own texts and never a sender's.
 */
export function logBounded(
  level: Level,
  fields: Record<string, unknown>,
  message: string,
  { kind: sort = '', now = performance.now() }: { kind?: string; now?: number } = {},
): void {
  shared.__tributaryBoundedLog ??= new Map();
  const kinds = shared.__tributaryBoundedLog;
  let key = `${message} ${sort}`;
  if (!kinds.has(key) && kinds.size >= KINDS) {
    for (const [old, { until }] of kinds) if (until <= now) kinds.delete(old);
    if (kinds.size >= KINDS) key = message;
  }
  const kind = kinds.get(key);
  if (kind && now < kind.until) {
    kind.left++;
    return;
  }
  kinds.set(key, { until: now + EVERY_MS, left: 0 });
  log()[level](
    { ...(sort ? { kind: sort } : {}), ...fields, ...(kind?.left ? { more: kind.left } : {}) },
    message,
  );
}

/** For tests: forgets what was written. */
export function resetBoundedLog(): void {
  delete shared.__tributaryBoundedLog;
}
