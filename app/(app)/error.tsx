'use client';

import { ErrorState } from '@/components/ui/error-state';

/** A page of the app failed; the shell stays, so that everything else can be reached. */
export default function AppError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <>
      <h1 className="sr-only">This page could not be shown</h1>
      <ErrorState
        title="We could not show this page."
        description="Nothing of yours is lost. Try again; if it stays like this, tell us the reference."
        reference={error.digest}
        onRetry={reset}
      />
    </>
  );
}
