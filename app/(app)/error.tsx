'use client';

import { PageError as Failure } from '@/components/ui/page-error';

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
      <Failure reference={error.digest} onRetry={reset} />
    </>
  );
}
