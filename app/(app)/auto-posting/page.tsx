import { QueueView } from '@/components/queue/queue-view';
import { HydrateClient, prefetch, trpc } from '@/components/trpc/server';
import { ClientWords } from '@/components/words/client-words';
import { titled } from '@/components/words/titled';
import { requireViewer } from '@/server/trpc/context';

export const generateMetadata = titled('queue');

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
      <ClientWords of={['queue', 'publications']}>
        <QueueView
          account={typeof account === 'string' ? account : null}
          canWrite={viewer.workspace.role !== 'viewer'}
        />
      </ClientWords>
    </HydrateClient>
  );
}
