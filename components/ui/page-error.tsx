import { useFrameWords } from '@/components/words/frame-words';

/** Same as in server/foundation/database-unreachable.ts. */
const DATABASE_UNREACHABLE = 'DATABASE_UNREACHABLE';

/**
 * A failed page, for the error boundaries. Looks like `ErrorState` with a retry, but imports nothing else, because every page loads its
 * boundaries and the failure may be a failed download.
 */
export function PageError({
  reference,
  onRetry,
  framed = true,
}: {
  reference: string | undefined;
  onRetry: () => void;
  framed?: boolean;
}) {
  const words = useFrameWords()?.failed;
  const away = reference === DATABASE_UNREACHABLE;
  return (
    <>
      <h1 className="sr-only">{words?.heading}</h1>
      <div
        role="alert"
        className={`flex flex-col items-center justify-center gap-1 rounded-lg px-6 py-16 text-center text-sm ${framed ? 'border border-border bg-card' : ''}`}
      >
        <svg
          aria-hidden="true"
          viewBox="0 0 24 24"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.5"
          strokeLinecap="round"
          className="mb-2 size-7 text-destructive"
        >
          <circle cx="12" cy="12" r="10" />
          <path d="M12 8v4m0 4h.01" />
        </svg>
        <p className="font-medium">{away ? words?.awayTitle : words?.title}</p>
        <p className="max-w-md text-balance text-muted-foreground">
          {away ? words?.awayDescription : words?.description}
        </p>
        <button
          type="button"
          onClick={onRetry}
          className="mt-4 inline-flex h-9 items-center justify-center whitespace-nowrap rounded-lg border border-input bg-card px-4 font-medium text-foreground text-sm transition-colors duration-150 hover:bg-muted"
        >
          {words?.retry}
        </button>
        {reference && !away ? (
          <p className="mt-3 text-muted-foreground text-xs">
            {words?.reference} <code className="font-mono">{reference}</code>
          </p>
        ) : null}
      </div>
    </>
  );
}
