import { EvergreenView } from '@/components/evergreen/evergreen-view';
import { api, HydrateClient } from '@/components/trpc/server';
import { ClientWords } from '@/components/words/client-words';
import { titled } from '@/components/words/titled';
import { requireViewer } from '@/server/trpc/context';
import { viewerCan } from '@/server/verbs/context';

export const generateMetadata = titled('evergreen');

export default async function EvergreenPage() {
  const [viewer, caller] = await Promise.all([requireViewer(), api()]);
  const { timeZone } = await caller.workspace.get();
  return (
    <HydrateClient>
      <ClientWords of={['evergreen', 'options']}>
        <EvergreenView zone={timeZone} canWrite={viewerCan(viewer, 'posts.publish')} />
      </ClientWords>
    </HydrateClient>
  );
}
