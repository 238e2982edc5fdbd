import { useLayoutEffect, useRef } from 'react';

/** For something that goes by itself or by a button within it: when it had the focus, `onLost` is called to give it to something else. */
export function useFocusLost<E extends HTMLElement>(onLost: () => void) {
  const ref = useRef<E>(null);
  const latest = useRef(onLost);
  latest.current = onLost;
  useLayoutEffect(() => {
    const node = ref.current;
    return () => {
      // Still in the page here, and gone a moment later.
      if (node?.contains(document.activeElement)) queueMicrotask(() => latest.current());
    };
  }, []);
  return ref;
}
