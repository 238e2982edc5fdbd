'use client';

import { useSyncExternalStore } from 'react';
import { generalRules, type TextRules } from '@/server/connectors/kit/text';
import { hasOwnTextRules } from './catalogue';

/** How a platform reads a text. Null while the rules of its own are being loaded; the server checks every text anyway. */
export type TextRulesOf = (platform: string) => TextRules | null;

const withoutOwn: TextRulesOf = (platform) => (hasOwnTextRules(platform) ? null : generalRules);

/** Wait after a failed attempt, in milliseconds. */
const AGAIN_MS = 3_000;

let loaded: TextRulesOf | null = null;
let loading = false;
const waiting = new Set<() => void>();

async function load(): Promise<void> {
  loading = true;
  try {
    loaded = (await import('@/server/connectors/text-rules')).textRules;
    for (const changed of waiting) changed();
  } catch {
    // The network may be away for a moment.
    setTimeout(loadIfNeeded, AGAIN_MS);
  } finally {
    loading = false;
  }
}

function loadIfNeeded(): void {
  if (!loaded && !loading && waiting.size > 0) void load();
}

function follow(changed: () => void): () => void {
  waiting.add(changed);
  return () => waiting.delete(changed);
}
function loadAndFollow(changed: () => void): () => void {
  const unfollow = follow(changed);
  loadIfNeeded();
  return unfollow;
}

/**
 * Returns the rules of every platform. X's are too large for a page's first load, so they arrive later. The server renders without them, and
 * so does the first render in the browser. They are loaded when a component needs them: one that has no text yet does not.
 */
export const useTextRules = (needed = true): TextRulesOf =>
  useSyncExternalStore(
    needed ? loadAndFollow : follow,
    () => loaded ?? withoutOwn,
    () => withoutOwn,
  );
