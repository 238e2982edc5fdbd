import { ChevronLeft } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { cn } from './cn';

/** A page's name, what it is for, and its one primary action at the right. */
export function PageHeader({
  title,
  description,
  action,
  actions,
  badge,
  back,
  level: Heading = 'h1',
  className,
}: {
  title: ReactNode;
  description?: ReactNode;
  /** The one primary action. */
  action?: ReactNode;
  /** Lesser ones, left of it. */
  actions?: ReactNode;
  badge?: ReactNode;
  back?: { href: string; label: string };
  /** Every page has one `h1`; another level only where pages are shown inside a page. */
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
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="grid min-w-0 gap-1">
          <div className="flex min-w-0 flex-wrap items-center gap-2">
            <Heading className="wrap-anywhere font-semibold text-xl leading-7 tracking-tight">
              {title}
            </Heading>
            {badge}
          </div>
          {description ? <p className="max-w-prose text-muted-foreground text-sm">{description}</p> : null}
        </div>
        {action || actions ? (
          <div className="flex flex-wrap items-center gap-2">
            {actions}
            {action}
          </div>
        ) : null}
      </div>
    </header>
  );
}
