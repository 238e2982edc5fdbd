import type { Metadata } from 'next';
import { QueueView } from '@/components/queue/queue-view';
import { HydrateClient, prefetch, trpc } from '@/components/trpc/server';
import { requireViewer } from '@/server/trpc/context';

export const metadata: Metadata = { title: 'Queue' };

/** What waits on one account: `?account=<id>`, the first one unless told. */
export default async function QueuePage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const [{ account }, viewer] = await Promise.all([searchParams, requireViewer()]);
  // Waited for: an answer that comes while the page wakes up would not match what was sent.
  await prefetch(trpc.planning.plan.queryOptions());
  return (
    <HydrateClient>
      <QueueView
        account={typeof account === 'string' ? account : null}
        canWrite={viewer.workspace.role !== 'viewer'}
      />
    </HydrateClient>
  );
}
