import type { Db } from '@/db/client';

const underway = new WeakMap<Db, number>();

/** Counts a connection's lane as being sent in this process until `work` ends. */
export async function countLane<T>(db: Db, work: () => Promise<T>): Promise<T> {
  underway.set(db, (underway.get(db) ?? 0) + 1);
  try {
    return await work();
  } finally {
    underway.set(db, (underway.get(db) ?? 1) - 1);
  }
}

/**
 * Time that a statement waits for those of other lanes to share it, in milliseconds. A statement for twenty costs hardly more than one for
 * one, and the database is the bottleneck in a burst. With few lanes there is no wait.
 */
export function gatherMs(db: Db): number {
  const lanes = underway.get(db) ?? 0;
  return lanes < 4 ? 0 : Math.min(10, Math.floor(lanes / 4));
}
