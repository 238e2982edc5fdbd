'use client';

import { useEffect, useRef, useSyncExternalStore } from 'react';

/** What changed: ids by topic, or null when any may have. `null` for all: everything may have changed. */
export type LiveTopics = Readonly<Record<string, readonly string[] | null>> | null;
/** `lost`: we try again. `over`: the session has ended. `off`: not listening (yet, or nobody looks). */
export type LiveState = 'off' | 'live' | 'lost' | 'over';

/** A page that is shown a moment after a change was read a moment before it: it is told of the changes of so long. */
const RECENT_MS = 4_000;

let state: LiveState = 'off';
let offset = 0;
const watchers = new Set<() => void>();
const hearers = new Set<(topics: LiveTopics) => void>();
let recent: { at: number; topics: LiveTopics }[] = [];

/** What the tab knows of the stream. One a tab, outside React, so that pages that come and go share it. */
export const live = {
  state: () => state,
  set(next: LiveState) {
    if (next === state) return;
    state = next;
    for (const watcher of watchers) watcher();
  },
  /** The server's time, as milliseconds since 1970. */
  now: () => Date.now() + offset,
  setServerTime(at: number) {
    // What the answer took on its way is nothing to correct a clock by.
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

/** How often to ask while nobody tells: `interval` when the stream is not there, never while it is. */
export function useUnlessLive<T>(interval: T): T | false {
  return useLiveState() === 'live' ? false : interval;
}

/** Runs `onChange` when something of these topics changed, and once for what changed just before. Ask with all topics: `['*']`. */
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
