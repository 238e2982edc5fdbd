import type { ReactNode } from 'react';
import { cn } from '@/components/ui/cn';

/** A preview of part of the product, built from the product's own components. States that its data is an example. */
export function Piece({
  title,
  aside,
  caption,
  className,
  children,
}: {
  title: string;
  aside?: ReactNode;
  caption: string;
  className?: string;
  children: ReactNode;
}) {
  return (
    <figure className={cn('m-0 min-w-0', className)}>
      <div className="overflow-hidden rounded-lg border border-border bg-card text-sm">
        <div className="flex items-center justify-between gap-3 border-border border-b px-4 py-3">
          <p className="font-semibold">{title}</p>
          {aside ? <span className="text-muted-foreground">{aside}</span> : null}
        </div>
        {children}
      </div>
      <figcaption className="mt-2 text-muted-foreground text-xs">{caption}</figcaption>
    </figure>
  );
}
