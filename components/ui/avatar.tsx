import { cn } from './cn';

/** Returns the initials of up to two words: "Ada Lovelace" is AL. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const picked = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return picked
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toLocaleUpperCase();
}

/**
 * The initials of a user or an account, exposed as an image and not as text. Screen readers get the name, unless it is shown next to it
 * (`decorative`).
 */
export function Avatar({
  name,
  size = 'default',
  decorative = false,
  className,
}: {
  name: string;
  size?: 'sm' | 'default' | 'lg';
  decorative?: boolean;
  className?: string;
}) {
  return (
    <span
      data-slot="avatar"
      data-initials={initials(name) || '?'}
      {...(decorative ? { 'aria-hidden': true } : { role: 'img', 'aria-label': name })}
      className={cn(
        'inline-flex shrink-0 select-none before:content-[attr(data-initials)] items-center justify-center rounded-full bg-accent-subtle font-medium text-accent-subtle-foreground',
        size === 'sm' ? 'size-6 text-[0.625rem]' : size === 'lg' ? 'size-10 text-sm' : 'size-8 text-xs',
        className,
      )}
    />
  );
}
