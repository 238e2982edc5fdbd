'use client';

import { Search } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useCallback, useEffect, useRef, useState } from 'react';
import { Kbd } from '@/components/ui/kbd';
import { useLoaded } from '@/components/ui/use-loaded';
import { keepTyping } from './keep-typing';

const load = () => import('./palette').then((m) => m.Palette);

/**
 * Opens the command palette, by a click or by Ctrl/⌘-K. Its code is loaded when it is first opened; anything typed in the meantime is
 * passed to it.
 */
export function PaletteButton({
  signOut,
  shortcut = false,
  compact = false,
}: {
  signOut: () => Promise<void>;
  /** Listens for the shortcut; set it on only one button per page. */
  shortcut?: boolean;
  compact?: boolean;
}) {
  const t = useTranslations('shell.palette');
  const [open, setOpen] = useState(false);
  const { value: Palette, ask, fetchNow } = useLoaded(load);
  const taken = useRef<() => string>(() => '');
  const opener = useRef<Element | null>(null);
  const takeTyped = useCallback(() => taken.current(), []);
  useEffect(() => {
    if (!open) return;
    opener.current = document.activeElement;
    const close = () => setOpen(false);
    const typing = keepTyping(close);
    taken.current = typing.take;
    void fetchNow().then((there) => (there ? undefined : close()));
    return () => {
      typing.take();
      if (opener.current instanceof HTMLElement) opener.current.focus();
    };
  }, [open, fetchNow]);
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
          aria-label={t('title')}
          onClick={() => setOpen(true)}
          onPointerEnter={ask}
          onFocus={ask}
          className="flex size-9 items-center justify-center rounded-lg text-muted-foreground hover:bg-muted hover:text-foreground"
        >
          <Search aria-hidden className="size-5" strokeWidth={1.75} />
        </button>
      ) : (
        <button
          type="button"
          aria-keyshortcuts="Control+K Meta+K"
          onClick={() => setOpen(true)}
          onPointerEnter={ask}
          onFocus={ask}
          className="flex h-8 w-full items-center gap-2.5 rounded-md border border-border bg-card px-2 text-muted-foreground text-sm transition-colors duration-150 hover:border-input"
        >
          <Search aria-hidden className="size-4" strokeWidth={1.75} />
          <span className="flex-1 text-left">{t('button')}</span>
          <Kbd>{t('keys')}</Kbd>
        </button>
      )}
      {open && Palette ? (
        <Palette signOut={signOut} takeTyped={takeTyped} onClose={() => setOpen(false)} />
      ) : null}
    </>
  );
}
