'use client';

import { useTranslations } from 'next-intl';
import { type KeyboardEvent, type PointerEvent, useId, useRef, useState } from 'react';
import { Avatar } from '@/components/ui/avatar';
import { useLoaded } from '@/components/ui/use-loaded';

const load = () => import('./user-menu-items').then((m) => m.UserMenuItems);

export interface Person {
  name: string;
  email: string;
}

/**
 * The signed-in user, the theme, and signing out. `compact` shows only the initials. The menu is loaded when the pointer or the focus
 * approaches; the button behaves like Radix's own trigger.
 */
export function UserMenu({
  person,
  signOut,
  compact = false,
}: {
  person: Person;
  signOut: () => Promise<void>;
  compact?: boolean;
}) {
  const t = useTranslations('shell.account');
  const [open, setOpen] = useState(false);
  const { value: Items, ask, fetchNow } = useLoaded(load);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const change = (next: boolean) => {
    setOpen(next);
    if (next && !Items) void fetchNow().then((there) => (there ? undefined : setOpen(false)));
  };
  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0 || event.ctrlKey) return;
    change(!open);
    // The menu takes the focus; the button must not take it back.
    if (!open) event.preventDefault();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') change(false);
    if (event.key !== 'Enter' && event.key !== ' ' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    change(event.key === 'ArrowDown' ? true : !open);
  };
  return (
    <div className="relative">
      <button
        ref={button}
        type="button"
        id={`${id}-button`}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open && Items ? id : undefined}
        onPointerEnter={ask}
        onFocus={ask}
        onBlur={() => (Items ? undefined : setOpen(false))}
        onPointerDown={onPointerDown}
        onKeyDown={onKeyDown}
        className={
          compact
            ? 'flex size-9 items-center justify-center rounded-full'
            : 'flex w-full items-center gap-2.5 rounded-md p-2 text-left text-sm transition-colors duration-150 hover:bg-muted'
        }
      >
        <Avatar name={person.name} decorative size={compact ? 'default' : 'sm'} />
        {t.rich('of', {
          unseen: (chunks) => <span className="sr-only">{chunks}</span>,
          name: () => <span className={compact ? 'sr-only' : 'min-w-0 flex-1 truncate'}>{person.name}</span>,
        })}
      </button>
      {Items ? (
        <Items
          person={person}
          signOut={signOut}
          compact={compact}
          open={open}
          onOpenChange={setOpen}
          button={button}
          id={id}
        />
      ) : null}
    </div>
  );
}
