import type { ComponentProps } from 'react';
import { cn } from './cn';

/** The browser's own slider in our colours. Give `aria-label` or `aria-labelledby`. */
export function Slider({
  className,
  onValueChange,
  ...props
}: Omit<ComponentProps<'input'>, 'type'> & { onValueChange?: (value: number) => void }) {
  return (
    <input
      data-slot="slider"
      type="range"
      className={cn(
        'h-6 w-full cursor-pointer accent-accent disabled:cursor-not-allowed disabled:opacity-50',
        className,
      )}
      {...(onValueChange ? { onChange: (event) => onValueChange(event.target.valueAsNumber) } : {})}
      {...props}
    />
  );
}
