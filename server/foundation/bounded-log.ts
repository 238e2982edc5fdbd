import { log } from './log';

/** Each kind of entry is logged at most once in this period, in milliseconds. */
const EVERY_MS = 10_000;
/** Number of kinds tracked separately in that period. Beyond it, all entries with the same message count as one kind. */
const KINDS = 200;

type Level = 'info' | 'warn' | 'error';
interface Kind {
  until: number;
  left: number;
}

// One per process: the start file and the routes are bundled separately.
const shared = globalThis as typeof globalThis & { __tributaryBoundedLog?: Map<string, Kind> };

/**
 * Logs an event that outsiders can trigger at will. Each combination of `message` and `kind` is logged at most once in ten seconds, with
 * the number of suppressed entries in `more`. `message` must be a constant, never text from a client.
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

/** For tests: forgets all logged entries. */
export function resetBoundedLog(): void {
  delete shared.__tributaryBoundedLog;
}
