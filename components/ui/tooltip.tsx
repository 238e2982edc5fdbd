'use client';

import * as Primitive from 'radix-ui/tooltip';
import type { ComponentProps, ReactNode } from 'react';
import { cn } from './cn';

export const TooltipTrigger = Primitive.Trigger;

export function Tooltip(props: ComponentProps<typeof Primitive.Root>) {
  return (
    <Primitive.Provider delayDuration={300}>
      <Primitive.Root {...props} />
    </Primitive.Provider>
  );
}

export function TooltipContent({
  className,
  sideOffset = 6,
  ...props
}: ComponentProps<typeof Primitive.Content>) {
  return (
    <Primitive.Portal>
      <Primitive.Content
        data-slot="tooltip-content"
        sideOffset={sideOffset}
        className={cn(
          'fade-in-0 z-50 max-w-64 animate-in rounded-md bg-foreground px-2.5 py-1.5 text-background text-xs duration-100',
          className,
        )}
        {...props}
      />
    </Primitive.Portal>
  );
}

/** A one-line tooltip: `<Hint text="…"><Button/></Hint>`. Never the only place for something that a user must know. */
export function Hint({
  text,
  children,
  side,
}: {
  text: ReactNode;
  children: ReactNode;
  side?: 'top' | 'right' | 'bottom' | 'left';
}) {
  return (
    <Tooltip>
      <TooltipTrigger asChild>{children}</TooltipTrigger>
      <TooltipContent {...(side ? { side } : {})}>{text}</TooltipContent>
    </Tooltip>
  );
}
