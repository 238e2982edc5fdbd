import { cn } from '@/components/ui/cn';

/** The mark: two branches that run into one river. */
export function LogoMark({ className }: { className?: string }) {
  return (
    <svg
      aria-hidden
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      className={cn('size-5 text-accent', className)}
    >
      <path d="M5 3c0 6.5 7 5.5 7 12.5V21" />
      <path d="M19 3c0 3.8-2.4 5.2-4.4 6.9" />
      <path d="M12 3v2.6" />
    </svg>
  );
}

/** The mark with the name. */
export function Logo({ className }: { className?: string }) {
  return (
    <span className={cn('inline-flex items-center gap-2 font-semibold tracking-tight', className)}>
      <LogoMark />
      Tributary
    </span>
  );
}
