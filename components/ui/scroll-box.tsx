import type { ComponentProps } from 'react';
import { cn } from './cn';

/** Scrolls sideways by itself, so that the page does not. It can be reached and scrolled with the keyboard, and has a name. */
export function ScrollBox({ className, label, ...props }: ComponentProps<'section'> & { label: string }) {
  return (
    <section
      data-slot="scroll-box"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable with the keyboard
      tabIndex={0}
      className={cn('relative w-full overflow-x-auto rounded-lg', className)}
      {...props}
    />
  );
}
