import type { VariantProps } from 'class-variance-authority';
import { LoaderCircle } from 'lucide-react';
import { type ComponentProps, cloneElement, isValidElement, type ReactElement } from 'react';
import { buttonVariants } from './button-looks';
import { cn } from './cn';

export { buttonVariants };

export type ButtonProps = ComponentProps<'button'> &
  VariantProps<typeof buttonVariants> & {
    /** Applies the styles to the only child, such as a link. */
    asChild?: boolean;
    /** Shows that work is in progress and ignores clicks. The label stays, so that the width does not change. */
    loading?: boolean;
  };

export function Button({
  className,
  variant,
  size,
  asChild = false,
  loading = false,
  disabled,
  children,
  type,
  ...props
}: ButtonProps) {
  const classes = cn(buttonVariants({ variant, size }), className);
  if (asChild)
    return (
      <Dressed data-slot="button" className={classes} {...props}>
        {children}
      </Dressed>
    );
  return (
    <button
      data-slot="button"
      type={type ?? 'button'}
      className={classes}
      disabled={disabled || loading}
      aria-busy={loading || undefined}
      {...props}
    >
      {loading ? <LoaderCircle aria-hidden className="animate-spin" /> : null}
      {children}
    </button>
  );
}

/** Renders the only child with these props. Where both set a prop, the child's wins; its classes come last, and both handlers run. */
function Dressed({ children, ...props }: ComponentProps<'button'>) {
  if (!isValidElement<Record<string, unknown>>(children)) return children;
  const merged: Record<string, unknown> = { ...props, ...children.props };
  for (const [name, ours] of Object.entries(props)) {
    const theirs = children.props[name];
    if (typeof ours === 'function' && typeof theirs === 'function' && /^on[A-Z]/.test(name))
      merged[name] = (...given: unknown[]) => {
        theirs(...given);
        ours(...given);
      };
  }
  merged.className = cn(props.className, children.props.className as string | undefined);
  return cloneElement(children as ReactElement<Record<string, unknown>>, merged);
}
