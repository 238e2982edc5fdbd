import type { Metadata } from 'next';
import { SlotsView } from '@/components/queue/slots-view';
import { HydrateClient, prefetch, trpc } from '@/components/trpc/server';
import { requireViewer } from '@/server/trpc/context';

export const metadata: Metadata = { title: 'Slots' };

/** The times of the week at which each account posts: `?account=<id>`. */
export default async function SlotsPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const [{ account }, viewer] = await Promise.all([searchParams, requireViewer()]);
  // Waited for: an answer that comes while the page wakes up would not match what was sent.
  await prefetch(trpc.planning.plan.queryOptions());
  const { role } = viewer.workspace;
  return (
    <HydrateClient>
      <SlotsView
        account={typeof account === 'string' ? account : null}
        canWrite={role === 'owner' || role === 'manager'}
      />
    </HydrateClient>
  );
}
