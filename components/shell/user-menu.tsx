'use client';

import { CreditCard, LogOut, ShieldCheck } from 'lucide-react';
import Link from 'next/link';
import { useTransition } from 'react';
import { Avatar } from '@/components/ui/avatar';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';
import { ThemeItems } from './theme-items';

export interface Person {
  name: string;
  email: string;
}

/** Who is signed in, the theme, and the way out. `compact` shows the initials alone. */
export function UserMenu({
  person,
  signOut,
  compact = false,
}: {
  person: Person;
  signOut: () => Promise<void>;
  compact?: boolean;
}) {
  const [leaving, start] = useTransition();
  return (
    <DropdownMenu>
      <DropdownMenuTrigger
        className={
          compact
            ? 'flex size-9 items-center justify-center rounded-full'
            : 'flex w-full items-center gap-2.5 rounded-md p-2 text-left text-sm transition-colors duration-150 hover:bg-muted'
        }
      >
        <Avatar name={person.name} decorative size={compact ? 'default' : 'sm'} />
        <span className="sr-only">Account of</span>
        <span className={compact ? 'sr-only' : 'min-w-0 flex-1 truncate'}>{person.name}</span>
      </DropdownMenuTrigger>
      <DropdownMenuContent align={compact ? 'end' : 'start'} className="w-60">
        <div className="px-2 py-1.5">
          <p className="truncate font-medium">{person.name}</p>
          <p className="truncate text-muted-foreground text-xs">{person.email}</p>
        </div>
        <DropdownMenuSeparator />
        <DropdownMenuItem asChild>
          <Link href="/settings/billing">
            <CreditCard aria-hidden className="text-muted-foreground" />
            Plan and billing
          </Link>
        </DropdownMenuItem>
        <DropdownMenuItem asChild>
          <Link href="/settings/security">
            <ShieldCheck aria-hidden className="text-muted-foreground" />
            Security
          </Link>
        </DropdownMenuItem>
        <DropdownMenuSeparator />
        <ThemeItems />
        <DropdownMenuSeparator />
        <DropdownMenuItem disabled={leaving} onSelect={() => start(() => signOut())}>
          <LogOut aria-hidden className="text-muted-foreground" />
          {leaving ? 'Signing out…' : 'Sign out'}
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
