import type { ComponentProps } from 'react';
import { cn } from './cn';

/** The styles that all text controls share. */
export const controlClasses =
  'w-full min-w-0 rounded-lg border border-input bg-card text-foreground text-sm transition-colors duration-150 placeholder:text-muted-foreground [&[readonly]]:bg-muted focus-visible:outline-offset-0 disabled:cursor-not-allowed disabled:bg-muted disabled:opacity-60 aria-invalid:border-destructive aria-invalid:outline-destructive';

export function Input({ className, type = 'text', ...props }: ComponentProps<'input'>) {
  return (
    <input
      data-slot="input"
      type={type}
      className={cn(
        controlClasses,
        'h-9 px-3 py-1 file:mr-3 file:h-full file:border-0 file:bg-transparent file:font-medium file:text-foreground file:text-sm max-sm:text-base',
        className,
      )}
      {...props}
    />
  );
}
