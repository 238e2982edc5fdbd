'use client';

import { useTranslations } from 'next-intl';
import * as Primitive from 'radix-ui/popover';
import type { ComponentProps } from 'react';
import { cn } from './cn';

export const Popover = Primitive.Root;
export const PopoverTrigger = Primitive.Trigger;

/** A popover is a small dialogue and needs a name: set `aria-label` if its text is not enough. */
export function PopoverContent({
  'aria-label': label,
  'aria-labelledby': labelledBy,
  className,
  align = 'center',
  sideOffset = 4,
  ...props
}: ComponentProps<typeof Primitive.Content>) {
  const t = useTranslations('ui');
  return (
    <Primitive.Portal>
      <Primitive.Content
        data-slot="popover-content"
        aria-label={label ?? (labelledBy ? undefined : t('details'))}
        aria-labelledby={labelledBy}
        align={align}
        sideOffset={sideOffset}
        className={cn(
          'data-[state=open]:fade-in-0 z-50 w-72 max-w-[calc(100vw-2rem)] rounded-lg border border-border bg-popover p-4 text-popover-foreground text-sm duration-100 data-[state=open]:animate-in',
          className,
        )}
        {...props}
      />
    </Primitive.Portal>
  );
}
