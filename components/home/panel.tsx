import { ChevronRight } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { Card, CardAction, CardHeader, CardTitle } from '@/components/ui/card';

/** A panel of Home, with a link to all its rows. */
export function Panel({
  title,
  count,
  link,
  children,
}: {
  title: string;
  count?: number;
  link?: { href: string; label: string };
  children: ReactNode;
}) {
  return (
    <Card>
      <CardHeader className="min-h-12 items-center! border-border border-b pt-3! pb-3">
        <CardTitle>
          {title}
          {count ? <span className="tabular ml-2 font-normal text-muted-foreground">{count}</span> : null}
        </CardTitle>
        {link ? (
          <CardAction>
            <Link
              href={link.href}
              className="-my-0.5 inline-flex min-h-6 items-center gap-0.5 text-muted-foreground hover:text-foreground"
            >
              {link.label}
              <ChevronRight aria-hidden className="size-4" />
            </Link>
          </CardAction>
        ) : null}
      </CardHeader>
      {children}
    </Card>
  );
}

/** Rows separated by hairlines. */
export function Rows({ children }: { children: ReactNode }) {
  return <ul className="divide-y divide-border">{children}</ul>;
}
