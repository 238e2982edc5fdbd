'use client';

import * as Primitive from 'radix-ui/slider';
import type { ComponentProps } from 'react';
import { cn } from './cn';

/** Give `aria-label` or `aria-labelledby` (and an array of `thumbLabels` when there are several thumbs). */
export function Slider({
  className,
  defaultValue,
  value,
  min = 0,
  max = 100,
  thumbLabels,
  id,
  'aria-label': label,
  'aria-labelledby': labelledBy,
  'aria-describedby': describedBy,
  ...props
}: ComponentProps<typeof Primitive.Root> & { thumbLabels?: readonly string[] }) {
  const thumbs = value ?? defaultValue ?? [min];
  return (
    <Primitive.Root
      data-slot="slider"
      {...(value ? { value } : {})}
      {...(defaultValue ? { defaultValue } : {})}
      min={min}
      max={max}
      className={cn(
        'relative flex h-6 w-full touch-none select-none items-center data-[disabled]:opacity-50',
        className,
      )}
      {...props}
    >
      <Primitive.Track className="relative h-1 grow overflow-hidden rounded-full bg-input">
        <Primitive.Range className="absolute h-full bg-accent" />
      </Primitive.Track>
      {thumbs.map((_, i) => (
        <Primitive.Thumb
          // biome-ignore lint/suspicious/noArrayIndexKey: a thumb is its position
          key={i}
          id={i === 0 ? id : undefined}
          aria-label={thumbLabels?.[i] ?? label}
          aria-labelledby={labelledBy}
          aria-describedby={describedBy}
          className="relative block size-5 rounded-full border-2 border-accent bg-card transition-colors duration-150 after:absolute after:-inset-1 hover:bg-accent-subtle"
        />
      ))}
    </Primitive.Root>
  );
}
