import { useRef } from 'react';

/**
 * Gives the focus back to what had it before a dialog opened. Radix does so for a dialog with a trigger of its own; one that a key
 * or another button opens would leave the focus on the page's body.
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
