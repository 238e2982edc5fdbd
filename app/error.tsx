'use client';

import { ErrorState } from '@/components/ui/error-state';

/** A page outside the app's shell, or the shell itself, failed. */
export default function PageError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <main id="main" className="mx-auto grid min-h-dvh max-w-lg content-center px-6">
      <h1 className="sr-only">This page could not be shown</h1>
      <ErrorState
        title="We could not show this page."
        description="Nothing of yours is lost. Try again; if it stays like this, tell us the reference."
        reference={error.digest}
        onRetry={reset}
        className="border-0 bg-transparent"
      />
    </main>
  );
}
