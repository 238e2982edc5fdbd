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
import { useTranslations } from 'next-intl';
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
import type { Messages } from '@/i18n/message-types';
import { faces } from '@/server/connectors/faces';
import type { Face } from '@/server/connectors/kit/face';
import { ALL_ITEMS } from './nav';

interface Verb {
  /** Its key in the catalogue, for its name and its search terms. */
  name: keyof Messages['shell']['palette']['verbs'];
  icon: LucideIcon;
  run: () => void;
}

const PLATFORMS = Object.values<Face>(faces);
const names = (platforms: readonly Face[]) => platforms.map(({ name }) => name);
const SHOPS = names(PLATFORMS.filter(({ listing }) => listing));
/** Names of platforms by which pages and actions are found, too. */
const FOUND_BY: Readonly<Record<string, readonly string[]>> = {
  connect: names(PLATFORMS),
  connections: names(PLATFORMS),
  listings: SHOPS,
  syncSales: SHOPS,
};

/** All pages and the main actions, found by typing. */
export function Palette({
  onClose,
  signOut,
  takeTyped,
}: {
  onClose: () => void;
  signOut: () => Promise<void>;
  /** Returns what was typed before the palette was loaded; called once the input has the focus. */
  takeTyped: () => string;
}) {
  const t = useTranslations('shell.palette');
  const pages = useTranslations('shell.nav');
  const [search, setSearch] = useState('');
  const router = useRouter();
  const { setTheme } = useTheme();
  const go = (href: string) => router.push(href);
  const verbs: Verb[] = [
    { name: 'write', icon: PenLine, run: () => go('/compose') },
    { name: 'addProduct', icon: PackagePlus, run: () => go('/products/new') },
    { name: 'connect', icon: Plug, run: () => go('/connections') },
    { name: 'decide', icon: ListTodo, run: () => go('/todo') },
    { name: 'syncSales', icon: RefreshCw, run: () => go('/orders') },
    { name: 'setPriceRule', icon: Tags, run: () => go('/pricing-rules') },
    { name: 'changeAutomation', icon: SlidersHorizontal, run: () => go('/settings/workspace') },
    { name: 'downloadReport', icon: FileDown, run: () => go('/reports') },
    { name: 'pause', icon: CirclePause, run: () => go('/home?posting=pause') },
    { name: 'start', icon: CirclePlay, run: () => go('/home?posting=start') },
    { name: 'stop', icon: ListX, run: () => go('/home?posting=stop') },
    { name: 'emergency', icon: OctagonX, run: () => go('/home?posting=emergency') },
    { name: 'changePlan', icon: CreditCard, run: () => go('/settings/billing') },
    { name: 'changePassword', icon: ShieldCheck, run: () => go('/settings/security') },
    { name: 'light', icon: Sun, run: () => setTheme('light') },
    { name: 'dark', icon: Moon, run: () => setTheme('dark') },
    { name: 'system', icon: Monitor, run: () => setTheme('system') },
    { name: 'signOut', icon: LogOut, run: () => void signOut() },
  ];
  const pick = (run: () => void) => () => {
    onClose();
    run();
  };
  return (
    <CommandDialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={t('title')}
      description={t('description')}
    >
      <CommandInput
        placeholder={t('placeholder')}
        aria-label={t('title')}
        value={search}
        onValueChange={setSearch}
        onFocus={(event) => {
          const input = event.currentTarget;
          setSearch((was) => was + takeTyped());
          // The dialogue selects the text of the element that it focuses; the next key must not replace it.
          queueMicrotask(() => input.setSelectionRange(input.value.length, input.value.length));
        }}
      />
      <CommandList label={t('title')}>
        <CommandEmpty>{t('empty')}</CommandEmpty>
        <CommandGroup heading={t('do')}>
          {verbs.map(({ name, icon: Icon, run }) => (
            <CommandItem
              key={name}
              value={t(`verbs.${name}`)}
              keywords={[...t(`verbWords.${name}`).split(' '), ...(FOUND_BY[name] ?? [])]}
              onSelect={pick(run)}
            >
              <Icon aria-hidden />
              {t(`verbs.${name}`)}
            </CommandItem>
          ))}
        </CommandGroup>
        <CommandGroup heading={t('goTo')}>
          {ALL_ITEMS.map(({ href, name, icon: Icon }) => (
            <CommandItem
              key={href}
              value={t('goToPage', { page: pages(name) })}
              keywords={[...t(`pageWords.${name}`).split(' '), ...(FOUND_BY[name] ?? [])]}
              onSelect={pick(() => go(href))}
            >
              <Icon aria-hidden />
              {pages(name)}
            </CommandItem>
          ))}
        </CommandGroup>
      </CommandList>
    </CommandDialog>
  );
}
