import { useRef } from 'react';

/**
 * Returns the focus to the element that had it before a dialog opened. Radix does this only for a dialog with its own trigger; a dialog
 * opened by a key or another button would leave the focus on the body.
 */
export function useFocusReturn(own: {
  onOpenAutoFocus?: ((event: Event) => void) | undefined;
  onCloseAutoFocus?: ((event: Event) => void) | undefined;
}) {
  const before = useRef<HTMLElement | null>(null);
  return {
    onOpenAutoFocus: (event: Event) => {
      before.current = document.activeElement instanceof HTMLElement ? document.activeElement : null;
      own.onOpenAutoFocus?.(event);
    },
    onCloseAutoFocus: (event: Event) => {
      own.onCloseAutoFocus?.(event);
      if (event.defaultPrevented || !before.current?.isConnected) return;
      event.preventDefault();
      before.current.focus();
    },
  };
}
