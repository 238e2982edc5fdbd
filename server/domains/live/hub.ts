import type { Db } from '@/db/client';
import type { Clock } from '@/server/foundation/clock';
import { log } from '@/server/foundation/log';
import { type Cursor, MAX_GAP_MS, writeCursor } from './cursor';
import { type Changes, type Question, readChanges } from './read-changes';
import type { LiveEvent, Topics } from './schemas';
import { type ChangedRow, changeKey, topicsOf } from './topics';

export interface Listener {
  readonly workspaceId: string;
  readonly sessionId: string;
  readonly cursor: Cursor | null;
  readonly tell: (event: LiveEvent) => void;
}

export interface LiveHub {
  /**
   * Adds a listener and returns a function that removes it, or null if the session has its maximum number of streams or the hub is closed.
   */
  join(listener: Listener): (() => void) | null;
  /** Polls once. Runs automatically while there are listeners. */
  tick(): Promise<void>;
  /** Tells all listeners to reconnect and accepts no more, because this process is shutting down. */
  close(): void;
  /** Number of current listeners. */
  readonly size: number;
  /** Whether a poll is scheduled or in progress. */
  readonly awake: boolean;
}

/** A browser has a handful of windows open; hidden tabs disconnect automatically. */
export const STREAMS_PER_SESSION = 8;
const ALIVE_EVERY_MS = 15_000;
const SLOWEST_MS = 5_000;
/** If the database does not respond for this long, the listeners are told to reconnect later. */
const GIVE_UP_MS = 8_000;

interface Subscription {
  listener: Listener;
  key: string;
  live: boolean;
  toldAt: number;
}

/**
 * Creates the only poller of a process. It reads the change feed for all listeners of this process in one transaction a second, and not at
 * all while there are none. Polling takes at most a tenth of the time: slow polls run less often.
 */
export function createLiveHub({
  db,
  clock,
  everyMs = 1000,
}: {
  db: Db;
  clock: Clock;
  everyMs?: number;
}): LiveHub {
  const seats = new Set<Subscription>();
  /** Changes reported per workspace in the last poll, which the next poll may return again. */
  let told = new Map<string, Set<string>>();
  let cursor: Cursor | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<void> | undefined;
  let number = 0;
  let failingSince: number | null = null;
  let closed = false;

  function plan(ms: number): void {
    clearTimeout(timer);
    timer = undefined;
    if (seats.size === 0) return;
    timer = setTimeout(() => void tick(), ms);
    timer.unref?.();
  }

  function leave(seat: Subscription): void {
    if (!seats.delete(seat) || seats.size > 0) return;
    clearTimeout(timer);
    timer = undefined;
    told = new Map();
    cursor = null;
    failingSince = null;
  }

  /** A failing listener must not affect the others. */
  function say(seat: Subscription, event: LiveEvent): void {
    try {
      seat.listener.tell(event);
    } catch (error) {
      leave(seat);
      log().warn({ err: error }, 'a listener could not be notified');
    }
  }

  function end(seat: Subscription, why: 'later' | 'trouble' | 'signed_out'): void {
    leave(seat);
    say(seat, { type: 'bye', why });
  }

  function tick(): Promise<void> {
    running ??= poll().finally(() => {
      running = undefined;
    });
    return running;
  }

  async function poll(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const asking = [...seats];
    if (asking.length === 0) return;
    const now = clock.now();
    const began = performance.now();
    let wait = everyMs;
    try {
      const changes = await inTime(
        readChanges({
          db,
          now,
          questions: questionsOf(asking, cursor, now),
          sessionIds: [...new Set(asking.map((seat) => seat.listener.sessionId))],
        }),
      );
      failingSince = null;
      deliver(asking, changes, now);
      wait = Math.max(everyMs, Math.min(SLOWEST_MS, (performance.now() - began) * 9));
    } catch (error) {
      // The cursor stays, so the next successful poll reports what happened meanwhile.
      failingSince ??= began;
      log().warn({ err: error }, 'the change feed could not be read');
      if (performance.now() - failingSince >= GIVE_UP_MS) for (const seat of asking) end(seat, 'trouble');
    }
    plan([...seats].some((seat) => !seat.live) ? 10 : wait);
  }

  function deliver(asking: readonly Subscription[], changes: Changes, now: Date): void {
    const at: Cursor = { at: now.getTime(), xid: changes.oldest };
    const id = writeCursor(at);
    const before = told;
    told = new Map();
    const remember = (workspaceId: string, rows: readonly ChangedRow[]) => {
      const keys = told.get(workspaceId) ?? new Set();
      for (const row of rows) keys.add(changeKey(row));
      told.set(workspaceId, keys);
    };
    const news = new Map<string, Topics | null>();
    for (const seat of asking) {
      const { workspaceId, sessionId } = seat.listener;
      const rows = changes.rows.get(seat.live ? workspaceId : seat.key) ?? [];
      remember(workspaceId, rows);
      if (!seats.has(seat)) continue;
      if (!changes.alive.has(`${sessionId} ${workspaceId}`)) {
        end(seat, 'signed_out');
        continue;
      }
      if (!seat.live) {
        seat.live = true;
        seat.toldAt = now.getTime();
        const resync = isLost(seat.listener.cursor, changes.next, now);
        say(seat, {
          type: 'ready',
          cursor: id,
          now: now.getTime(),
          topics: resync ? null : topicsOf(rows),
          resync,
        });
        continue;
      }
      if (!news.has(workspaceId))
        news.set(workspaceId, topicsOf(rows.filter((row) => !before.get(workspaceId)?.has(changeKey(row)))));
      const topics = news.get(workspaceId);
      if (!topics && now.getTime() - seat.toldAt < ALIVE_EVERY_MS) continue;
      seat.toldAt = now.getTime();
      say(seat, topics ? { type: 'change', cursor: id, topics } : { type: 'alive', cursor: id });
    }
    if (seats.size > 0) cursor = at;
  }

  return {
    join(listener) {
      if (closed) return null;
      const { sessionId } = listener;
      if ([...seats].filter((s) => s.listener.sessionId === sessionId).length >= STREAMS_PER_SESSION)
        return null;
      const seat: Subscription = { listener, key: `seat ${++number}`, live: false, toldAt: 0 };
      seats.add(seat);
      // Almost immediately, together with other listeners that join at the same moment.
      if (!running) plan(10);
      return () => leave(seat);
    },
    tick,
    close() {
      closed = true;
      for (const seat of [...seats]) end(seat, 'later');
    },
    get size() {
      return seats.size;
    },
    get awake() {
      return timer !== undefined || running !== undefined;
    },
  };
}

/** Returns one question for each workspace with listeners, and one for each listener that has just joined. */
function questionsOf(seats: readonly Subscription[], cursor: Cursor | null, now: Date): Question[] {
  const questions = new Map<string, Question>();
  for (const { live, key, listener } of seats) {
    const { workspaceId } = listener;
    if (live) questions.set(workspaceId, { key: workspaceId, workspaceId, cursor });
    else {
      const tooOld = listener.cursor && now.getTime() - listener.cursor.at > MAX_GAP_MS;
      questions.set(key, { key, workspaceId, cursor: tooOld ? null : listener.cursor });
    }
  }
  return [...questions.values()];
}

/** Whether the changes since a cursor cannot be determined, because it is too old or from another database. */
function isLost(cursor: Cursor | null, next: string, now: Date): boolean {
  if (!cursor) return false;
  if (now.getTime() - cursor.at > MAX_GAP_MS) return true;
  return cursor.xid !== null && BigInt(cursor.xid) > BigInt(next);
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the database did not respond in time')), GIVE_UP_MS);
    timer.unref?.();
  });
  // A failure after the deadline is ignored.
  work.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

const shared = globalThis as typeof globalThis & { __tributaryLive?: WeakMap<Db, LiveHub> };

/** Returns this process's hub for a database, shared across bundles. */
export function liveHub(db: Db, clock: Clock): LiveHub {
  shared.__tributaryLive ??= new WeakMap();
  let hub = shared.__tributaryLive.get(db);
  if (!hub) {
    hub = createLiveHub({ db, clock });
    shared.__tributaryLive.set(db, hub);
  }
  return hub;
}
