import { truncateText } from '@/server/foundation/storable';

/** Captures what is typed and keeps it from the page until `take` is called, which returns it. Escape cancels. */
export function keepTyping(onEscape: () => void): { take: () => string } {
  let typed = '';
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape') onEscape();
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === 'Backspace') typed = truncateText(typed, typed.length - 1);
    else if (event.key.length === 1) typed += event.key;
    else if (event.key !== 'Enter') return;
    // Keeps the key from being typed into a field of the page and from triggering the focused control.
    event.preventDefault();
    event.stopPropagation();
  };
  window.addEventListener('keydown', onKey, { capture: true });
  return {
    take: () => {
      window.removeEventListener('keydown', onKey, { capture: true });
      const all = typed;
      typed = '';
      return all;
    },
  };
}
