import { ChevronLeft } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { cn } from './cn';

/** A page's title, its purpose, and its one primary action on the right. */
export function PageHeader({
  title,
  description,
  action,
  actions,
  note,
  badge,
  back,
  level: Heading = 'h1',
  className,
}: {
  title: ReactNode;
  description?: ReactNode;
  /** The one primary action. */
  action?: ReactNode;
  /** Secondary actions, left of the primary one. */
  actions?: ReactNode;
  /** A note on the actions, such as why one of them is disabled. */
  note?: ReactNode;
  badge?: ReactNode;
  back?: { href: string; label: string };
  /** Every page has one `h1`; use another level only where pages are shown inside a page. */
  level?: 'h1' | 'h2' | 'h3' | 'h4';
  className?: string;
}) {
  return (
    <header data-slot="page-header" className={cn('mb-6 grid gap-2', className)}>
      {back ? (
        <Link
          href={back.href}
          className="-ml-1 inline-flex min-h-6 w-fit items-center gap-1 text-muted-foreground text-sm hover:text-foreground"
        >
          <ChevronLeft aria-hidden className="size-4" />
          {back.label}
        </Link>
      ) : null}
      <div className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-x-4 gap-y-1 sm:gap-x-6">
        <div className="flex min-h-9 min-w-0 flex-wrap items-center gap-2 sm:min-h-7">
          <Heading className="wrap-anywhere min-w-0 font-semibold text-xl leading-7 tracking-tight">
            {title}
          </Heading>
          {badge}
        </div>
        {action || actions ? (
          <div
            className={cn(
              'flex flex-wrap items-center gap-2 sm:row-span-2',
              // Several actions do not fit next to the title on a phone.
              actions && 'max-sm:order-last max-sm:col-span-2 max-sm:mt-2',
            )}
          >
            {actions}
            {action}
          </div>
        ) : null}
        {note ? <div className="col-span-2 text-sm sm:row-start-3 sm:text-right">{note}</div> : null}
        {description ? (
          <p className="max-w-prose text-muted-foreground text-sm max-sm:col-span-2 sm:col-start-1">
            {description}
          </p>
        ) : null}
      </div>
    </header>
  );
}
