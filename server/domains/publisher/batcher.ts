import type { Db } from '@/db/client';
import { gatherMs } from '../publications/lanes-underway';

/** Creates one batcher per database: concurrent calls share a statement, and wait for more while many lanes are being sent. */
export function batchedBy<In, Out>(
  run: (db: Db, items: In[]) => Promise<Out[]>,
): (db: Db, item: In) => Promise<Out> {
  const batchers = new WeakMap<Db, (item: In) => Promise<Out>>();
  return (db, item) => {
    let batch = batchers.get(db);
    if (!batch) {
      batch = createBatcher((items: In[]) => run(db, items), { gather: () => gatherMs(db) });
      batchers.set(db, batch);
    }
    return batch(item);
  };
}

/**
 * Group commit: calls that arrive during a run wait and share the next one. A single call runs immediately; `gather` returns for how many
 * milliseconds a run waits for more calls while others are on their way. If a run of several items fails, each item runs alone, so that one
 * bad row does not affect the others.
 */
export function createBatcher<In, Out>(
  run: (items: In[]) => Promise<Out[]>,
  { limit = 200, gather = () => 0 }: { limit?: number; gather?: () => number } = {},
): (item: In) => Promise<Out> {
  type Waiting = { item: In; resolve: (out: Out) => void; reject: (error: unknown) => void };
  const waiting: Waiting[] = [];
  let running = false;

  async function settle(group: Waiting[]): Promise<void> {
    try {
      const results = await run(group.map((w) => w.item));
      group.forEach((w, i) => {
        w.resolve(results[i] as Out);
      });
    } catch (error) {
      if (group.length === 1) group[0]?.reject(error);
      else for (const one of group) await settle([one]);
    }
  }

  async function drain(): Promise<void> {
    running = true;
    // Let all calls of this turn arrive before the first run.
    await Promise.resolve();
    while (waiting.length > 0) {
      const more = gather();
      if (more > 0) await new Promise((resolve) => setTimeout(resolve, more));
      await settle(waiting.splice(0, limit));
    }
    running = false;
  }

  return (item) =>
    new Promise<Out>((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!running) void drain();
    });
}
