'use client';

import { type FocusEvent, useEffect, useRef } from 'react';

/**
 * Keeps the focus in a row whose buttons change with its state: when the focused button disappears, the row itself takes the focus, so that
 * the keyboard does not start again at the top of the page. Spread the result on the row, with `tabIndex={-1}`.
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
      // A button that disappears is blurred too; the user left it on purpose only if it still exists.
      queueMicrotask(() => {
        if (target.isConnected && had.current === target) had.current = null;
      });
    },
  };
}
