import { firstGrapheme } from '@/server/foundation/storable';
import { cn } from './cn';

/** Returns the initials of up to two words: "Ada Lovelace" is AL. */
export function initials(name: string): string {
  const letters = name.split(/\s+/).map(firstGrapheme).filter(Boolean);
  const picked = letters.length > 1 ? [letters[0], letters.at(-1)] : letters;
  // Not in the browser's language, because the server does not know it.
  return picked.join('').toUpperCase();
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
      // Another version of Unicode in the browser may find a longer first character.
      suppressHydrationWarning
      {...(decorative ? { 'aria-hidden': true } : { role: 'img', 'aria-label': name })}
      className={cn(
        'inline-flex shrink-0 select-none before:content-[attr(data-initials)] items-center justify-center rounded-full bg-accent-subtle font-medium text-accent-subtle-foreground',
        size === 'sm' ? 'size-6 text-[0.625rem]' : size === 'lg' ? 'size-10 text-sm' : 'size-8 text-xs',
        className,
      )}
    />
  );
}
