import { useLayoutEffect, useRef } from 'react';

/** For an element that can disappear: calls `onLost` if it had the focus, so that something else can take it. */
export function useFocusLost<E extends HTMLElement>(onLost: () => void) {
  const ref = useRef<E>(null);
  const latest = useRef(onLost);
  latest.current = onLost;
  useLayoutEffect(() => {
    const node = ref.current;
    return () => {
      // The element is still in the DOM here and is removed a moment later.
      if (node?.contains(document.activeElement)) queueMicrotask(() => latest.current());
    };
  }, []);
  return ref;
}
