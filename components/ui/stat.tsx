import Link from 'next/link';
import type { ReactNode } from 'react';
import { cn } from './cn';

/** One figure with its name. With `href` it links to the rows behind it. */
export function Stat({
  label,
  value,
  hint,
  href,
  className,
}: {
  label: ReactNode;
  value: ReactNode;
  hint?: ReactNode;
  href?: string;
  className?: string;
}) {
  const body = (
    <>
      <span className="text-muted-foreground text-xs">{label}</span>
      <span className="tabular font-semibold text-base leading-7 tracking-tight sm:text-xl">{value}</span>
      {hint ? <span className="text-muted-foreground text-xs">{hint}</span> : null}
    </>
  );
  const classes = cn(
    'grid content-start gap-0.5 rounded-lg border border-border bg-card p-3 sm:p-4',
    className,
  );
  return href ? (
    <Link
      data-slot="stat"
      href={href}
      className={cn(classes, 'transition-colors duration-150 hover:border-input')}
    >
      {body}
    </Link>
  ) : (
    <div data-slot="stat" className={classes}>
      {body}
    </div>
  );
}
