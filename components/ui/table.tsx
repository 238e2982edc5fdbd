import { useTranslations } from 'next-intl';
import type { ComponentProps } from 'react';
import { cn } from './cn';
import { ScrollBox } from './scroll-box';

/** Scrolls sideways in its own box on a narrow screen; `label` names that box for the keyboard and screen readers. */
export function Table({ className, label, ...props }: ComponentProps<'table'> & { label?: string }) {
  const t = useTranslations('ui');
  return (
    <ScrollBox label={label ?? t('table')}>
      <table data-slot="table" className={cn('w-full caption-bottom text-sm', className)} {...props} />
    </ScrollBox>
  );
}

export function TableHeader({ className, ...props }: ComponentProps<'thead'>) {
  return <thead className={cn('[&_tr]:border-b', className)} {...props} />;
}
export function TableBody({ className, ...props }: ComponentProps<'tbody'>) {
  return <tbody className={cn('[&_tr:last-child]:border-0', className)} {...props} />;
}
export function TableFooter({ className, ...props }: ComponentProps<'tfoot'>) {
  return <tfoot className={cn('border-border border-t font-medium', className)} {...props} />;
}
export function TableRow({ className, ...props }: ComponentProps<'tr'>) {
  return (
    <tr
      className={cn(
        'border-border border-b transition-colors duration-100 hover:bg-muted/50 data-[state=selected]:bg-accent-subtle',
        className,
      )}
      {...props}
    />
  );
}
/** `numeric` right-aligns a column of figures. */
export function TableHead({
  className,
  numeric,
  scope = 'col',
  ...props
}: ComponentProps<'th'> & { numeric?: boolean }) {
  return (
    <th
      scope={scope}
      className={cn(
        'h-9 whitespace-nowrap px-4 align-middle font-medium text-muted-foreground text-xs',
        numeric ? 'text-right' : 'text-left',
        className,
      )}
      {...props}
    />
  );
}
export function TableCell({ className, numeric, ...props }: ComponentProps<'td'> & { numeric?: boolean }) {
  return (
    <td
      className={cn('px-4 py-2.5 align-middle', numeric && 'tabular whitespace-nowrap text-right', className)}
      {...props}
    />
  );
}
