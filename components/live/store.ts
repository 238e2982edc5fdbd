'use client';

import { useEffect, useRef, useSyncExternalStore } from 'react';

/** The changed ids by topic; null for a topic if any of its items may have changed. Null as a whole if everything may have changed. */
export type LiveTopics = Readonly<Record<string, readonly string[] | null>> | null;
/**
 * `lost`: reconnecting. `over`: the session has ended. `off`: not connected, because the tab is hidden or the stream has not started yet.
 */
export type LiveState = 'off' | 'live' | 'lost' | 'over';

/** A page that is shown just after a change may have been read just before it, so it also receives the changes of this period. */
const RECENT_MS = 4_000;

let state: LiveState = 'off';
let offset = 0;
const watchers = new Set<() => void>();
const hearers = new Set<(topics: LiveTopics) => void>();
let recent: { at: number; topics: LiveTopics }[] = [];

/** The tab's state of the stream. One per tab, outside React, so that all components share it. */
export const live = {
  state: () => state,
  set(next: LiveState) {
    if (next === state) return;
    state = next;
    for (const watcher of watchers) watcher();
  },
  /** The server's time in milliseconds since 1970. */
  now: () => Date.now() + offset,
  setServerTime(at: number) {
    // Smaller differences are only the response's latency.
    offset = Math.abs(at - Date.now()) < 1_000 ? 0 : at - Date.now();
  },
  tell(topics: LiveTopics) {
    const now = Date.now();
    recent = [...recent.filter((one) => now - one.at < RECENT_MS), { at: now, topics }];
    for (const hearer of hearers) hearer(topics);
  },
  hear(hearer: (topics: LiveTopics) => void): () => void {
    hearers.add(hearer);
    const since = Date.now() - RECENT_MS;
    for (const one of recent) if (one.at > since) hearer(one.topics);
    return () => hearers.delete(hearer);
  },
  watch(watcher: () => void): () => void {
    watchers.add(watcher);
    return () => watchers.delete(watcher);
  },
};

export const useLiveState = (): LiveState =>
  useSyncExternalStore(live.watch, live.state, () => 'off' as const);

/** Polling interval: `interval` without a live stream, false with one. */
export function useUnlessLive<T>(interval: T): T | false {
  return useLiveState() === 'live' ? false : interval;
}

/** Calls `onChange` when one of these topics changes, and once for changes just before. `['*']` stands for all topics. */
export function useLiveChanges(topics: readonly string[], onChange: () => void): void {
  const act = useRef(onChange);
  useEffect(() => {
    act.current = onChange;
  });
  const wanted = topics.join(' ');
  useEffect(() => {
    const names = wanted.split(' ');
    return live.hear((changed) => {
      if (changed === null || names.includes('*') || names.some((name) => name in changed)) act.current();
    });
  }, [wanted]);
}
