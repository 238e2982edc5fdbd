'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { cn } from '@/components/ui/cn';

const TABS = [
  { href: '/auto-posting', label: 'Queue' },
  { href: '/auto-posting/slots', label: 'Slots' },
  { href: '/auto-posting/repeats', label: 'Repeats' },
  { href: '/auto-posting/evergreen', label: 'Evergreen' },
  { href: '/auto-posting/does-well', label: 'Does well' },
] as const;

/** The parts of auto-posting. They are pages, so these are links. */
export function AutoPostingTabs() {
  const path = usePathname();
  return (
    <nav aria-label="Auto-posting" className="mb-6 flex gap-4 overflow-x-auto border-border border-b">
      {TABS.map(({ href, label }) => (
        <Link
          key={href}
          href={href}
          aria-current={path === href ? 'page' : undefined}
          className={cn(
            '-mb-px inline-flex h-9 shrink-0 items-center whitespace-nowrap border-b-2 px-0.5 font-medium transition-colors duration-150 focus-visible:-outline-offset-2',
            path === href
              ? 'border-accent text-foreground'
              : 'border-transparent text-muted-foreground hover:text-foreground',
          )}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}
