import { type ClassValue, clsx } from 'clsx';

/**
 * Joins class names; nothing is merged. A class that has to win over one of the component's own carries Tailwind's `!` ("p-0!"), and the
 * end-to-end tests find two that contradict each other on any page (docs/decisions/0020-class-names.md).
 */
export function cn(...inputs: ClassValue[]): string {
  return clsx(inputs);
}
