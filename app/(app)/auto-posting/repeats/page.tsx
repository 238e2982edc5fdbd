import { RepeatsView } from '@/components/series/series-view';
import { api, HydrateClient } from '@/components/trpc/server';
import { ClientWords } from '@/components/words/client-words';
import { titled } from '@/components/words/titled';
import { requireViewer } from '@/server/trpc/context';
import { viewerCan } from '@/server/verbs/context';

export const generateMetadata = titled('repeats');

export default async function RepeatsPage() {
  const [viewer, caller] = await Promise.all([requireViewer(), api()]);
  const { timeZone } = await caller.workspace.get();
  return (
    <HydrateClient>
      <ClientWords of={['options', 'series']}>
        <RepeatsView zone={timeZone} canWrite={viewerCan(viewer, 'posts.publish')} />
      </ClientWords>
    </HydrateClient>
  );
}
