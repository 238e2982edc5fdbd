'use client';

import { type ComponentType, useCallback, useEffect, useState } from 'react';
import type { ExternalToast, toast as sonner } from 'sonner';

type Show = typeof sonner;
type Say = (show: Show) => void;
interface Waiting {
  message: string;
  say: Say;
}

// A message may arrive before the list that shows it has been loaded.
let show: Show | undefined;
let fetchList: (() => void) | undefined;
let waiting: Waiting[] = [];

function tell(message: string, say: Say): void {
  if (show) say(show);
  else {
    waiting.push({ message, say });
    fetchList?.();
  }
}

/** Messages that can be undone carry an action: `toast('Moved', { action: { label: 'Undo', onClick } })`. */
export const toast = Object.assign(
  (message: string, data?: ExternalToast) => tell(message, (to) => void to(message, data)),
  {
    success: (message: string, data?: ExternalToast) => tell(message, (to) => void to.success(message, data)),
    error: (message: string, data?: ExternalToast) => tell(message, (to) => void to.error(message, data)),
  },
);

const loadList = () => import('./toaster').then((m) => m.Messages);

/**
 * Put once in a layout. The list is loaded on the user's first interaction, so that it is ready before the response arrives. If it cannot
 * be loaded, messages are shown as plain text.
 */
export function Toaster() {
  const [List, setList] = useState<ComponentType<{ onReady: (show: Show) => void }>>();
  const [plain, setPlain] = useState<string[]>([]);
  useEffect(() => {
    const warm = () => void loadList().catch(() => undefined);
    fetchList = () => {
      loadList().then(
        (loaded) => setList(() => loaded),
        () => {
          const missed = waiting.map((one) => one.message);
          waiting = [];
          setPlain(missed);
        },
      );
    };
    if (waiting.length > 0) fetchList();
    const acts = ['pointerdown', 'keydown'] as const;
    for (const act of acts) window.addEventListener(act, warm, { once: true, capture: true });
    return () => {
      for (const act of acts) window.removeEventListener(act, warm, { capture: true });
      fetchList = undefined;
      show = undefined;
    };
  }, []);
  useEffect(() => {
    if (plain.length === 0) return;
    const timer = setTimeout(() => setPlain([]), 6000);
    return () => clearTimeout(timer);
  }, [plain]);
  const onReady = useCallback((ready: Show) => {
    show = ready;
    for (const { say } of waiting.splice(0)) say(ready);
  }, []);
  return (
    <>
      {List ? <List onReady={onReady} /> : null}
      <div role="alert">
        {plain.length > 0 ? (
          <p className="fixed right-4 bottom-20 z-100 max-w-[356px] rounded-lg border border-destructive bg-popover p-3 font-medium text-popover-foreground text-sm">
            {plain.join(' ')}
          </p>
        ) : null}
      </div>
    </>
  );
}
