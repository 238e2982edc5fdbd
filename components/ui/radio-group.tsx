'use client';

import * as Primitive from 'radix-ui/radio-group';
import { type ComponentProps, type ReactNode, useId } from 'react';
import { cn } from './cn';

export function RadioGroup({ className, ...props }: ComponentProps<typeof Primitive.Root>) {
  return <Primitive.Root data-slot="radio-group" className={cn('grid gap-3', className)} {...props} />;
}

export function RadioGroupItem({ className, ...props }: ComponentProps<typeof Primitive.Item>) {
  return (
    <Primitive.Item
      data-slot="radio-group-item"
      className={cn(
        'peer relative aspect-square size-4 shrink-0 rounded-full border border-input bg-card transition-colors duration-150 after:absolute after:-inset-1 disabled:cursor-not-allowed disabled:opacity-50 data-[state=checked]:border-accent',
        className,
      )}
      {...props}
    >
      <Primitive.Indicator className="absolute inset-0 flex items-center justify-center">
        <span className="size-2 rounded-full bg-accent" />
      </Primitive.Indicator>
    </Primitive.Item>
  );
}

/** A radio button as a bordered row with a title and a line of help; the whole row can be hit. */
export function RadioCard({
  title,
  description,
  className,
  ...props
}: Omit<ComponentProps<typeof Primitive.Item>, 'title'> & { title: ReactNode; description?: ReactNode }) {
  const id = useId();
  return (
    <label
      htmlFor={id}
      className={cn(
        'flex cursor-pointer items-start gap-3 rounded-lg border border-border bg-card p-3 text-sm transition-colors duration-150 hover:border-input has-[[data-state=checked]]:border-accent has-[:disabled]:cursor-not-allowed has-[[data-state=checked]]:bg-accent-subtle has-[:disabled]:opacity-60',
        className,
      )}
    >
      <RadioGroupItem
        id={id}
        aria-describedby={description ? `${id}-help` : undefined}
        className="mt-0.5"
        {...props}
      />
      <span className="grid gap-0.5">
        <span className="font-medium">{title}</span>
        {description ? (
          <span id={`${id}-help`} className="text-muted-foreground">
            {description}
          </span>
        ) : null}
      </span>
    </label>
  );
}
