'use client';

import { Check, Minus } from 'lucide-react';
import * as Primitive from 'radix-ui/checkbox';
import type { ComponentProps } from 'react';
import { cn } from './cn';

/** 16 px visible, 24 px clickable. */
export function Checkbox({ className, ...props }: ComponentProps<typeof Primitive.Root>) {
  return (
    <Primitive.Root
      data-slot="checkbox"
      className={cn(
        'peer group relative size-4 shrink-0 rounded-sm border border-input bg-card transition-colors duration-150 after:absolute after:-inset-1 disabled:cursor-not-allowed disabled:opacity-50 aria-invalid:border-destructive data-[state=checked]:border-accent data-[state=indeterminate]:border-accent data-[state=checked]:bg-accent data-[state=indeterminate]:bg-accent',
        className,
      )}
      {...props}
    >
      <Primitive.Indicator className="flex items-center justify-center text-accent-foreground">
        <Minus
          aria-hidden
          strokeWidth={3}
          className="hidden size-3.5 group-data-[state=indeterminate]:block"
        />
        <Check aria-hidden strokeWidth={3} className="size-3.5 group-data-[state=indeterminate]:hidden" />
      </Primitive.Indicator>
    </Primitive.Root>
  );
}
