'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { cn } from '@/components/ui/cn';
import { isCurrent, NAV } from './nav';
import { TodoCount } from './todo-count';

/** The pages of the app as a list: the left rail on a wide screen, the content of More on a phone. */
export function Rail({ onNavigate }: { onNavigate?: () => void }) {
  const t = useTranslations('shell');
  const path = usePathname();
  return (
    <nav aria-label={t('main')} className="grid gap-4 md:gap-3 max-md:grid-cols-2 max-md:gap-x-6">
      {NAV.map((group, i) => (
        <div key={group.name ?? `group-${i}`}>
          {group.name ? (
            <p className="px-2 pb-1 text-muted-foreground text-xs">{t(`nav.groups.${group.name}`)}</p>
          ) : null}
          <ul className="grid gap-px">
            {group.items.map(({ href, name, icon: Icon }) => {
              const current = isCurrent(href, path);
              return (
                <li key={href}>
                  <Link
                    href={href}
                    aria-current={current ? 'page' : undefined}
                    {...(onNavigate ? { onClick: onNavigate } : {})}
                    className={cn(
                      'flex h-8 items-center gap-2.5 rounded-md px-2 text-sm transition-colors duration-150 max-md:h-10',
                      current
                        ? 'bg-accent-subtle font-medium text-accent-subtle-foreground'
                        : 'text-foreground hover:bg-muted',
                    )}
                  >
                    <Icon
                      aria-hidden
                      strokeWidth={1.75}
                      className={cn('size-4 shrink-0', !current && 'text-muted-foreground')}
                    />
                    {t(`nav.${name}`)}
                    {href === '/todo' ? <TodoCount className="ml-auto" /> : null}
                  </Link>
                </li>
              );
            })}
          </ul>
        </div>
      ))}
    </nav>
  );
}
