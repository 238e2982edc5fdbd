'use client';

import { PageError as Failure } from '@/components/ui/page-error';

/** Error boundary of the app's pages. The shell stays, so that all other pages remain reachable. */
export default function AppError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return <Failure reference={error.digest} onRetry={reset} />;
}
