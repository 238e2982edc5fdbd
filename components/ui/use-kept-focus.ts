'use client';

import { type FocusEvent, useEffect, useRef } from 'react';

/**
 * Keeps the focus in a row whose buttons come and go with its state: when the one that had it is gone, the row itself takes it, so that
 * the keyboard does not start again at the top of the page. Spread the answer on the row, with `tabIndex={-1}`.
 */
export function useKeptFocus<T extends HTMLElement>(state: unknown) {
  const row = useRef<T>(null);
  const had = useRef<Element | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of the state is what makes buttons go
  useEffect(() => {
    const lost = had.current && !had.current.isConnected;
    if (!lost) return;
    had.current = null;
    if (document.activeElement === document.body) row.current?.focus({ preventScroll: true });
  }, [state]);
  return {
    ref: row,
    onFocus: (event: FocusEvent<T>) => {
      had.current = event.target;
    },
    onBlur: (event: FocusEvent<T>) => {
      const { target } = event;
      // A button that goes away is blurred too: only one that is still there was left on purpose.
      queueMicrotask(() => {
        if (target.isConnected && had.current === target) had.current = null;
      });
    },
  };
}
