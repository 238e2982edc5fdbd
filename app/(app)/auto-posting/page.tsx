import { QueueView } from '@/components/queue/queue-view';
import { HydrateClient, prefetch, trpc } from '@/components/trpc/server';
import { ClientWords } from '@/components/words/client-words';
import { titled } from '@/components/words/titled';
import { requireViewer } from '@/server/trpc/context';
import { viewerCan } from '@/server/verbs/context';

export const generateMetadata = titled('queue');

/** The queue of one account, `?account=<id>`; the first account by default. */
export default async function QueuePage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const [{ account }, viewer] = await Promise.all([searchParams, requireViewer()]);
  // Awaited, because data that arrives during hydration would not match the server-rendered HTML.
  await prefetch(trpc.planning.plan.queryOptions());
  return (
    <HydrateClient>
      <ClientWords of={['queue', 'publications']}>
        <QueueView
          account={typeof account === 'string' ? account : null}
          canWrite={viewerCan(viewer, 'posts.publish')}
        />
      </ClientWords>
    </HydrateClient>
  );
}
