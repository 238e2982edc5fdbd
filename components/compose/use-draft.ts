'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import { type Draft, EMPTY } from './draft';

const PREFIX = 'tributary:compose';

/**
 * The draft, stored in this browser while it is typed. A draft from an earlier visit is restored, which `restored` indicates. Call `stored`
 * once the server has it.
 */
export function useDraft(workspaceId: string, initial: Draft, startFresh: boolean) {
  const [draft, setDraft] = useState(initial);
  const first = `${PREFIX}:${workspaceId}:${initial.postId ?? 'new'}`;
  // A new post gets a key of its own once the server has assigned an id.
  const key = `${PREFIX}:${workspaceId}:${draft.postId ?? 'new'}`;
  const [restored, setRestored] = useState(false);
  const [saved, setSaved] = useState(true);
  const pristine = useRef(JSON.stringify(initial));
  const ready = useRef(false);

  useEffect(() => {
    if (ready.current) return;
    ready.current = true;
    const kept = startFresh ? null : read(first);
    if (!kept || JSON.stringify(kept) === pristine.current) return;
    setDraft(kept);
    setRestored(true);
  }, [first, startFresh]);

  useEffect(() => {
    if (!ready.current) return;
    const text = JSON.stringify(draft);
    if (text === pristine.current) return;
    setSaved(false);
    const timer = setTimeout(() => setSaved(write(key, text)), 250);
    // A tab that is closed before the timer fires still stores the latest text.
    const now = () => write(key, text);
    window.addEventListener('pagehide', now);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('pagehide', now);
    };
  }, [draft, key]);

  useEffect(
    () => () => {
      // Leaving by a link of the app fires no pagehide.
      if (latest.current && latest.current !== pristine.current) write(key, latest.current);
    },
    [key],
  );
  const latest = useRef('');
  latest.current = JSON.stringify(draft);

  const patch = useCallback(
    (change: Partial<Draft> | ((before: Draft) => Partial<Draft>)) =>
      setDraft((before) => ({ ...before, ...(typeof change === 'function' ? change(before) : change) })),
    [],
  );
  /** Marks `next` as the state that the server has. */
  const settle = useCallback(
    (next: Draft) => {
      pristine.current = JSON.stringify(next);
      latest.current = pristine.current;
      setDraft(next);
      setSaved(true);
      drop(first);
      drop(key);
    },
    [first, key],
  );
  /** The server has stored `sent` under this id and version. Anything typed meanwhile stays, and remains stored in this browser. */
  const stored = useCallback(
    (sent: Draft, post: { id: string; version: number }) => {
      const named = { postId: post.id, version: post.version };
      pristine.current = JSON.stringify({ ...sent, ...named });
      latest.current = pristine.current;
      setDraft((now) => ({ ...now, ...named }));
      setSaved(true);
      drop(first);
      drop(key);
    },
    [first, key],
  );
  const discard = useCallback(() => {
    const start = initial.postId ? initial : EMPTY;
    settle(start);
    setRestored(false);
  }, [initial, settle]);
  return { draft, patch, settle, stored, discard, restored, setRestored, saved };
}

function read(key: string): Draft | null {
  try {
    const text = localStorage.getItem(key);
    if (!text) return null;
    const kept: unknown = JSON.parse(text);
    return typeof kept === 'object' && kept !== null ? { ...EMPTY, ...kept } : null;
  } catch {
    return null;
  }
}

/** Returns false if the browser stores nothing (private windows, a full disk). */
function write(key: string, text: string): boolean {
  try {
    localStorage.setItem(key, text);
    return true;
  } catch {
    return false;
  }
}

function drop(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing was stored, so there is nothing to remove.
  }
}
