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
  return <Failure reference={error.digest} onRetry={reset} />;
}
