'use client';

import { usePosting } from '@/components/posting/use-posting';
import { Button } from '@/components/ui/button';

/** Ends the hold of the workspace. */
export function StartAgain() {
  const { start, busy } = usePosting();
  return (
    <Button
      size="sm"
      variant="outline"
      onClick={() => start.mutate()}
      loading={start.isPending}
      disabled={busy}
    >
      Start again
    </Button>
  );
}
