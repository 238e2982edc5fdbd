'use client';

import {
  CirclePause,
  CirclePlay,
  CreditCard,
  FileDown,
  ListTodo,
  ListX,
  LogOut,
  type LucideIcon,
  Monitor,
  Moon,
  OctagonX,
  PackagePlus,
  PenLine,
  Plug,
  RefreshCw,
  ShieldCheck,
  SlidersHorizontal,
  Sun,
  Tags,
} from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTheme } from 'next-themes';
import { useState } from 'react';
import {
  CommandDialog,
  CommandEmpty,
  CommandGroup,
  CommandInput,
  CommandItem,
  CommandList,
} from '@/components/ui/command';
import { ALL_ITEMS } from './nav';

interface Verb {
  label: string;
  icon: LucideIcon;
  keywords: string;
  run: () => void;
}

/** Every page and the main verbs, found by typing. */
export function Palette({
  onClose,
  signOut,
  takeTyped,
}: {
  onClose: () => void;
  signOut: () => Promise<void>;
  /** What was typed before this was there; asked once the input has the focus. */
  takeTyped: () => string;
}) {
  const [search, setSearch] = useState('');
  const router = useRouter();
  const { setTheme } = useTheme();
  const go = (href: string) => router.push(href);
  const verbs: Verb[] = [
    { label: 'Write a post', icon: PenLine, keywords: 'compose create draft', run: () => go('/compose') },
    { label: 'Add a product', icon: PackagePlus, keywords: 'sell new', run: () => go('/products/new') },
    { label: 'Connect an account', icon: Plug, keywords: 'platform oauth', run: () => go('/connections') },
    { label: 'Decide what waits', icon: ListTodo, keywords: 'approve reject to do', run: () => go('/todo') },
    { label: 'Sync sales', icon: RefreshCw, keywords: 'orders shop etsy', run: () => go('/orders') },
    { label: 'Set a price rule', icon: Tags, keywords: 'pricing lower', run: () => go('/pricing-rules') },
    {
      label: 'Change topics, times and review',
      icon: SlidersHorizontal,
      keywords: 'settings workspace automation posting zone name currency',
      run: () => go('/settings/workspace'),
    },
    { label: 'Download a report', icon: FileDown, keywords: 'pdf month money', run: () => go('/reports') },
    {
      label: 'Pause posting',
      icon: CirclePause,
      keywords: 'hold queue auto-posting',
      run: () => go('/home?posting=pause'),
    },
    {
      label: 'Start posting again',
      icon: CirclePlay,
      keywords: 'resume continue auto-posting',
      run: () => go('/home?posting=start'),
    },
    {
      label: 'Stop posting and clear the queue',
      icon: ListX,
      keywords: 'cancel auto-posting',
      run: () => go('/home?posting=stop'),
    },
    {
      label: 'Emergency stop',
      icon: OctagonX,
      keywords: 'halt everything brake',
      run: () => go('/home?posting=emergency'),
    },
    {
      label: 'Change plan',
      icon: CreditCard,
      keywords: 'billing upgrade pay',
      run: () => go('/settings/billing'),
    },
    {
      label: 'Change password',
      icon: ShieldCheck,
      keywords: 'security sessions',
      run: () => go('/settings/security'),
    },
    { label: 'Use the light theme', icon: Sun, keywords: 'appearance', run: () => setTheme('light') },
    { label: 'Use the dark theme', icon: Moon, keywords: 'appearance night', run: () => setTheme('dark') },
    { label: 'Use the system theme', icon: Monitor, keywords: 'appearance', run: () => setTheme('system') },
    { label: 'Sign out', icon: LogOut, keywords: 'leave log out', run: () => void signOut() },
  ];
  const pick = (run: () => void) => () => {
    onClose();
    run();
  };
  return (
    <CommandDialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title="Search pages and commands"
      description="Type to filter, use the arrow keys to choose and Enter to go."
    >
      <CommandInput
        placeholder="Where to, or what to do"
        aria-label="Search pages and commands"
        value={search}
        onValueChange={setSearch}
        onFocus={(event) => {
          const input = event.currentTarget;
          setSearch((was) => was + takeTyped());
          // The dialogue selects the text of what it gives the focus to; the next key must not replace it.
          queueMicrotask(() => input.setSelectionRange(input.value.length, input.value.length));
        }}
      />
      <CommandList>
        <CommandEmpty>No page and no command has this name.</CommandEmpty>
        <CommandGroup heading="Do">
          {verbs.map(({ label, icon: Icon, keywords, run }) => (
            <CommandItem key={label} value={label} keywords={keywords.split(' ')} onSelect={pick(run)}>
              <Icon aria-hidden />
              {label}
            </CommandItem>
          ))}
        </CommandGroup>
        <CommandGroup heading="Go to">
          {ALL_ITEMS.map(({ href, label, icon: Icon, keywords }) => (
            <CommandItem
              key={href}
              value={`Go to ${label}`}
              keywords={keywords?.split(' ') ?? []}
              onSelect={pick(() => go(href))}
            >
              <Icon aria-hidden />
              {label}
            </CommandItem>
          ))}
        </CommandGroup>
      </CommandList>
    </CommandDialog>
  );
}
