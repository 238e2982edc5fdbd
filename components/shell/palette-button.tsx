'use client';

import { Search } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useEffect, useState } from 'react';
import { Kbd } from '@/components/ui/kbd';

const Palette = dynamic(() => import('./palette').then((m) => m.Palette), { ssr: false });

/** Opens the command palette, by a click or by Ctrl/⌘-K. Its code is loaded when it is first opened. */
export function PaletteButton({
  signOut,
  shortcut = false,
  compact = false,
}: {
  signOut: () => Promise<void>;
  /** Listens for the keys: on one button of a page only. */
  shortcut?: boolean;
  compact?: boolean;
}) {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (!shortcut) return;
    const onKey = (event: KeyboardEvent) => {
      if (
        event.key.toLowerCase() !== 'k' ||
        !(event.ctrlKey || event.metaKey) ||
        event.shiftKey ||
        event.altKey
      )
        return;
      event.preventDefault();
      setOpen((was) => !was);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [shortcut]);
  return (
    <>
      {compact ? (
        <button
          type="button"
          aria-label="Search pages and commands"
          onClick={() => setOpen(true)}
          className="flex size-9 items-center justify-center rounded-lg text-muted-foreground hover:bg-muted hover:text-foreground"
        >
          <Search aria-hidden className="size-5" strokeWidth={1.75} />
        </button>
      ) : (
        <button
          type="button"
          aria-keyshortcuts="Control+K Meta+K"
          onClick={() => setOpen(true)}
          className="flex h-8 w-full items-center gap-2.5 rounded-md border border-border bg-card px-2 text-muted-foreground text-sm transition-colors duration-150 hover:border-input"
        >
          <Search aria-hidden className="size-4" strokeWidth={1.75} />
          <span className="flex-1 text-left">Search</span>
          <Kbd>Ctrl K</Kbd>
        </button>
      )}
      {open ? <Palette signOut={signOut} onClose={() => setOpen(false)} /> : null}
    </>
  );
}
