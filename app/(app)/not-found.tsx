import { SearchX } from 'lucide-react';
import Link from 'next/link';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';

export default function NotFound() {
  return (
    <>
      <h1 className="sr-only">Not found</h1>
      <EmptyState
        icon={SearchX}
        title="We could not find this."
        description="It may have been removed, or it belongs to another workspace."
        action={
          <Button asChild variant="outline">
            <Link href="/home">Go to Home</Link>
          </Button>
        }
      />
    </>
  );
}
