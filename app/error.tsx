'use client';

import { PageError as Failure } from '@/components/ui/page-error';

/** Error boundary for pages outside the app's shell and for the shell itself. */
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
