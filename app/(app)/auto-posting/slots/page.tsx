import { SlotsView } from '@/components/queue/slots-view';
import { HydrateClient, prefetch, trpc } from '@/components/trpc/server';
import { ClientWords } from '@/components/words/client-words';
import { titled } from '@/components/words/titled';
import { requireViewer } from '@/server/trpc/context';

export const generateMetadata = titled('slots');

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
      <ClientWords of={['queue']}>
        <SlotsView
          account={typeof account === 'string' ? account : null}
          canWrite={role === 'owner' || role === 'manager'}
        />
      </ClientWords>
    </HydrateClient>
  );
}
