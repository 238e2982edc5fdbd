/**
 * Keeps what is typed from now on away from the page, until `take` is called, which answers it. Escape means that nothing is wanted
 * after all.
 */
export function keepTyping(onEscape: () => void): { take: () => string } {
  let typed = '';
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape') onEscape();
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === 'Backspace') typed = typed.slice(0, -1);
    else if (event.key.length === 1) typed += event.key;
    else if (event.key !== 'Enter') return;
    // Neither into a field of the page nor as a press of what has the focus there.
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
