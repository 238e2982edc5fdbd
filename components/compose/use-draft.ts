'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import { type Draft, EMPTY } from './draft';

const PREFIX = 'tributary:compose';

/**
 * The draft, kept in this browser as it is typed. What an earlier visit left is brought back; `restored` says so. `stored` is called once
 * the server has it.
 */
export function useDraft(workspaceId: string, initial: Draft, startFresh: boolean) {
  const [draft, setDraft] = useState(initial);
  const first = `${PREFIX}:${workspaceId}:${initial.postId ?? 'new'}`;
  // A new post gets its own place once the server has given it an id.
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
    // A tab that is closed between two keys still keeps the last one.
    const now = () => write(key, text);
    window.addEventListener('pagehide', now);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('pagehide', now);
    };
  }, [draft, key]);

  useEffect(
    () => () => {
      // Leaving by a link of ours fires no pagehide.
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
  /** From here on this is what the server has. */
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
  /** The server has what was `sent`, under this id and version. What was typed meanwhile stays, and is still kept in this browser. */
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

/** false where the browser keeps nothing (private windows, a full disk). */
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
    // Nothing was kept, so nothing has to go.
  }
}
