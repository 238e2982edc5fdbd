'use client';

import { PageError as Failure } from '@/components/ui/page-error';

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
      <Failure reference={error.digest} onRetry={reset} framed={false} />
    </main>
  );
}
