import type { ComponentProps } from 'react';
import { cn } from './cn';

/** Scrolls sideways on its own, so that the page does not. Can be focused and scrolled with the keyboard, and has an accessible name. */
export function ScrollBox({ className, label, ...props }: ComponentProps<'div'> & { label: string }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: no landmark; the section around it may already be one of this name
    <div
      data-slot="scroll-box"
      role="group"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable with the keyboard
      tabIndex={0}
      className={cn('relative w-full overflow-x-auto rounded-lg', className)}
      {...props}
    />
  );
}
