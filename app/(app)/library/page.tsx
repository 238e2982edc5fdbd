import { PenLine } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { LibraryList } from '@/components/library/library-list';
import { api, HydrateClient, prefetch, trpc } from '@/components/trpc/server';
import { Button } from '@/components/ui/button';
import { PageHeader } from '@/components/ui/page-header';
import { requireViewer } from '@/server/trpc/context';

export const metadata: Metadata = { title: 'Library' };

export default async function LibraryPage() {
  const [viewer, caller] = await Promise.all([requireViewer(), api()]);
  const [workspace] = await Promise.all([
    caller.workspace.get(),
    prefetch(
      trpc.posts.list.infiniteQueryOptions({ limit: 30 }, { getNextPageParam: (page) => page.nextCursor }),
    ),
  ]);
  return (
    <HydrateClient>
      <PageHeader
        title="Library"
        description="Posts that were written here, to open, change and use again."
        action={
          <Button asChild>
            <Link href="/compose">
              <PenLine aria-hidden /> Compose
            </Link>
          </Button>
        }
      />
      <LibraryList zone={workspace.timeZone} canWrite={viewer.workspace.role !== 'viewer'} />
    </HydrateClient>
  );
}
