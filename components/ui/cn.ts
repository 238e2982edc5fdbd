import { type ClassValue, clsx } from 'clsx';
import { createTailwindMerge } from 'tailwind-merge';
import { config } from './cn-config';

const merge = createTailwindMerge(() => config);

/** Joins class names; of two Tailwind classes that contradict each other the last one wins. */
export function cn(...inputs: ClassValue[]): string {
  return merge(clsx(inputs));
}
