import type { Db } from '@/db/client';
import { gatherMs } from '../publications/lanes-underway';

/** A batcher for each database: calls at the same time share a statement, and wait for more while many lanes are sent. */
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
 * Group commit: calls that arrive while a run is under way wait and go together in the next one. Alone, a call runs at once;
 * `gather` says for how many milliseconds a run waits for more to come when others are on their way. When a run of several
 * fails, each of its items runs alone, so that one bad row harms no other.
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
    // Let the calls of this turn come in before the first run.
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
