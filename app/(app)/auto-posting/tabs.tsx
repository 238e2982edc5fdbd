'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { cn } from '@/components/ui/cn';

/** Tabs of auto-posting. Each tab is a page, so these are links; the layout provides their labels. */
export function AutoPostingTabs({
  label: name,
  tabs,
}: {
  label: string;
  tabs: readonly { href: string; label: string }[];
}) {
  const path = usePathname();
  return (
    <nav aria-label={name} className="mb-6 flex gap-4 overflow-x-auto border-border border-b">
      {tabs.map(({ href, label }) => (
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
