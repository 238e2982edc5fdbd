'use client';

import { Menu } from 'lucide-react';
import dynamic from 'next/dynamic';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { cn } from '@/components/ui/cn';
import { ALL_ITEMS, BAR, isCurrent } from './nav';
import { TodoCount } from './todo-count';

const MoreSheet = dynamic(() => import('./more-sheet').then((m) => m.MoreSheet), { ssr: false });
const items = BAR.flatMap((href) => ALL_ITEMS.filter((item) => item.href === href));
const cell =
  'relative flex min-h-14 flex-1 flex-col items-center justify-center gap-1 text-xs transition-colors duration-150';

/** The navigation on a phone: four pages within reach of the thumb, the others behind More. */
export function BottomBar() {
  const t = useTranslations('shell');
  const path = usePathname();
  const [open, setOpen] = useState(false);
  const elsewhere = !items.some((item) => isCurrent(item.href, path));
  return (
    <>
      <nav
        aria-label={t('main')}
        className="fixed inset-x-0 bottom-0 z-40 flex border-border border-t bg-card pb-[env(safe-area-inset-bottom)] md:hidden"
      >
        {items.map(({ href, name, icon: Icon }) => {
          const current = isCurrent(href, path);
          return (
            <Link
              key={href}
              href={href}
              aria-current={current ? 'page' : undefined}
              className={cn(cell, current ? 'font-medium text-accent' : 'text-muted-foreground')}
            >
              <Icon aria-hidden strokeWidth={1.75} className="size-5" />
              {t(`nav.${name}`)}
              {href === '/todo' ? (
                <TodoCount className="absolute top-1 left-1/2 ml-1.5 h-4! min-w-4! px-1!" />
              ) : null}
            </Link>
          );
        })}
        <button
          type="button"
          aria-haspopup="dialog"
          aria-expanded={open}
          onClick={() => setOpen(true)}
          className={cn(cell, elsewhere ? 'font-medium text-accent' : 'text-muted-foreground')}
        >
          <Menu aria-hidden strokeWidth={1.75} className="size-5" />
          {t('more')}
        </button>
      </nav>
      {open ? <MoreSheet onClose={() => setOpen(false)} /> : null}
    </>
  );
}
