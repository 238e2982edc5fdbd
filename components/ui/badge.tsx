import { cva, type VariantProps } from 'class-variance-authority';
import { Slot } from 'radix-ui/slot';
import type { ComponentProps } from 'react';
import { cn } from './cn';

export const badgeVariants = cva(
  "inline-flex w-fit shrink-0 items-center gap-1 whitespace-nowrap rounded-md border px-1.5 py-0.5 font-medium text-xs [&_svg:not([class*='size-'])]:size-3",
  {
    variants: {
      variant: {
        default: 'border-transparent bg-muted text-foreground',
        secondary: 'border-transparent bg-muted text-muted-foreground',
        outline: 'border-border text-muted-foreground',
        accent: 'border-transparent bg-accent-subtle text-accent-subtle-foreground',
        positive: 'border-transparent bg-positive-subtle text-positive',
        warning: 'border-transparent bg-warning-subtle text-warning',
        destructive: 'border-transparent bg-destructive-subtle text-destructive',
      },
    },
    defaultVariants: { variant: 'default' },
  },
);

export type BadgeVariant = NonNullable<VariantProps<typeof badgeVariants>['variant']>;

/** A short status text; its colour only repeats what the text says. */
export function Badge({
  className,
  variant,
  asChild = false,
  ...props
}: ComponentProps<'span'> & VariantProps<typeof badgeVariants> & { asChild?: boolean }) {
  const Part = asChild ? Slot : 'span';
  return <Part data-slot="badge" className={cn(badgeVariants({ variant }), className)} {...props} />;
}
