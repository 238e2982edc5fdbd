'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { cn } from '@/components/ui/cn';

const TABS = ['workspace', 'billing', 'security'] as const;

/** Tabs of the settings. Each tab is a page, so these are links. */
export function SettingsTabs({
  label,
  words,
}: {
  label: string;
  words: Record<(typeof TABS)[number], string>;
}) {
  const path = usePathname();
  return (
    <nav aria-label={label} className="mb-6 flex gap-4 overflow-x-auto border-border border-b">
      {TABS.map((tab) => {
        const href = `/settings/${tab}`;
        const current = path.startsWith(href);
        return (
          <Link
            key={href}
            href={href}
            aria-current={current ? 'page' : undefined}
            className={cn(
              '-mb-px inline-flex h-9 items-center border-b-2 px-0.5 font-medium transition-colors duration-150 focus-visible:-outline-offset-2',
              current
                ? 'border-accent text-foreground'
                : 'border-transparent text-muted-foreground hover:text-foreground',
            )}
          >
            {words[tab]}
          </Link>
        );
      })}
    </nav>
  );
}
