'use client';

import { CreditCard, LogOut, ShieldCheck } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { type RefObject, useRef, useTransition } from 'react';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';
import { ThemeItems } from './theme-items';
import type { Person } from './user-menu';

/** The content of the user menu. The button is a separate component, because this one is loaded later. */
export function UserMenuItems({
  person,
  signOut,
  compact,
  open,
  onOpenChange,
  button,
  id,
}: {
  person: Person;
  signOut: () => Promise<void>;
  compact: boolean;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  button: RefObject<HTMLButtonElement | null>;
  id: string;
}) {
  const t = useTranslations('shell.account');
  const [leaving, start] = useTransition();
  const elsewhere = useRef(false);
  return (
    <DropdownMenu open={open} onOpenChange={onOpenChange}>
      <DropdownMenuTrigger asChild>
        {/* Covers the button, as the anchor that positions the menu. */}
        <span aria-hidden className="pointer-events-none absolute inset-0" />
      </DropdownMenuTrigger>
      <DropdownMenuContent
        id={id}
        aria-labelledby={`${id}-button`}
        align={compact ? 'end' : 'start'}
        className="w-60"
        onInteractOutside={() => {
          elsewhere.current = true;
        }}
        onCloseAutoFocus={(event) => {
          event.preventDefault();
          if (!elsewhere.current) button.current?.focus();
          elsewhere.current = false;
        }}
      >
        <div className="px-2 py-1.5">
          <p className="truncate font-medium">{person.name}</p>
          <p className="truncate text-muted-foreground text-xs">{person.email}</p>
        </div>
        <DropdownMenuSeparator />
        <DropdownMenuItem asChild>
          <Link href="/settings/billing">
            <CreditCard aria-hidden className="text-muted-foreground" />
            {t('billing')}
          </Link>
        </DropdownMenuItem>
        <DropdownMenuItem asChild>
          <Link href="/settings/security">
            <ShieldCheck aria-hidden className="text-muted-foreground" />
            {t('security')}
          </Link>
        </DropdownMenuItem>
        <DropdownMenuSeparator />
        <ThemeItems />
        <DropdownMenuSeparator />
        <DropdownMenuItem disabled={leaving} onSelect={() => start(() => signOut())}>
          <LogOut aria-hidden className="text-muted-foreground" />
          {t(leaving ? 'signingOut' : 'signOut')}
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
