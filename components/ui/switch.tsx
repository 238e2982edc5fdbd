'use client';

import * as Primitive from 'radix-ui/switch';
import type { ComponentProps } from 'react';
import { cn } from './cn';

/** Takes effect immediately. For a choice that is saved with a button, use a checkbox. */
export function Switch({ className, ...props }: ComponentProps<typeof Primitive.Root>) {
  return (
    <Primitive.Root
      data-slot="switch"
      className={cn(
        'peer relative inline-flex h-5 w-9 shrink-0 items-center rounded-full border border-input bg-muted transition-colors duration-150 after:absolute after:-inset-x-1 after:-inset-y-0.5 disabled:cursor-not-allowed disabled:opacity-50 data-[state=checked]:border-accent data-[state=checked]:bg-accent',
        className,
      )}
      {...props}
    >
      <Primitive.Thumb className="pointer-events-none block size-3.5 translate-x-0.5 rounded-full bg-input transition-transform duration-150 data-[state=checked]:translate-x-[1.125rem] data-[state=checked]:bg-accent-foreground" />
    </Primitive.Root>
  );
}
