import { Plug } from 'lucide-react';
import Link from 'next/link';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';

/** In the place of a plan while nothing is connected that takes posts. */
export function NoAccount() {
  return (
    <EmptyState
      icon={Plug}
      title="Connect an account first"
      description="Each account that takes posts has its own times of the week and its own queue."
      action={
        <Button asChild variant="outline">
          <Link href="/connections">Connect an account</Link>
        </Button>
      }
    />
  );
}
