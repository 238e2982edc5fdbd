import type { QueryClient } from '@tanstack/react-query';
import { connect } from './connection';
import { invalidate } from './invalidate';
import { type LiveTopics, live } from './store';

/** Changes within this time are merged into one refetch, in milliseconds. `MIN_INTERVAL_MS` is the minimum time between two refetches. */
const BATCH_MS = 150;
const MIN_INTERVAL_MS = 1_000;
/** By then a page that was loading during a change has arrived, possibly with the previous data. */
const RECHECK_MS = 3_000;

/** Follows the workspace's changes in this tab. Returns a function that stops it. */
export function start(queries: QueryClient, since: number): () => void {
  let waiting: LiveTopics[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastAt = 0;
  const later = new Set<ReturnType<typeof setTimeout>>();
  const stopHearing = live.hear((topics) => {
    waiting.push(topics);
    timer ??= setTimeout(
      () => {
        timer = undefined;
        lastAt = Date.now();
        const topics = joined(waiting.splice(0));
        invalidate(queries, topics);
        // The later of the two clocks, because an extra refetch does less harm than a missing one.
        const readBefore = Math.max(Date.now(), live.now());
        const check = setTimeout(() => {
          later.delete(check);
          invalidate(queries, topics, readBefore);
        }, RECHECK_MS);
        later.add(check);
      },
      Math.max(BATCH_MS, lastAt + MIN_INTERVAL_MS - Date.now()),
    );
  });
  const stop = connect(since);
  return () => {
    stop();
    stopHearing();
    clearTimeout(timer);
    for (const check of later) clearTimeout(check);
    waiting = [];
  };
}

/** Merges several changes into one. */
export function joined(all: readonly LiveTopics[]): LiveTopics {
  const topics: Record<string, string[] | null> = {};
  for (const one of all) {
    if (one === null) return null;
    for (const [topic, ids] of Object.entries(one)) {
      const before = topics[topic];
      topics[topic] = ids === null || before === null ? null : [...new Set([...(before ?? []), ...ids])];
    }
  }
  return topics;
}
