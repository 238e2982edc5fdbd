import { type ClassValue, clsx } from 'clsx';

/**
 * Joins class names without merging them. A class that must override one of the component's own carries Tailwind's `!` ("p-0!"). The
 * end-to-end tests find classes that contradict each other on any page (docs/decisions/0020-class-names.md).
 */
export function cn(...inputs: ClassValue[]): string {
  return clsx(inputs);
}
