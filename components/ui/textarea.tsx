import type { ComponentProps } from 'react';
import { cn } from './cn';
import { controlClasses } from './input';

/** Grows with its text where the browser supports it; never smaller than `rows`. */
export function Textarea({ className, rows = 4, ...props }: ComponentProps<'textarea'>) {
  return (
    <textarea
      data-slot="textarea"
      rows={rows}
      className={cn(controlClasses, 'field-sizing-content min-h-20 px-3 py-2 max-sm:text-base', className)}
      {...props}
    />
  );
}
