import { DefaultFollowUpForm } from '@/components/follow-ups/default-follow-up-form';
import { api, getQueryClient, HydrateClient, trpc } from '@/components/trpc/server';
import { ClientWords } from '@/components/words/client-words';
import { titled } from '@/components/words/titled';
import { requireViewer } from '@/server/trpc/context';
import { viewerCan } from '@/server/verbs/context';

export const generateMetadata = titled('followUps');

export default async function FollowUpsPage() {
  const [viewer] = await Promise.all([requireViewer(), api()]);
  await getQueryClient().fetchQuery(trpc.planning.followUpRule.queryOptions());
  return (
    <HydrateClient>
      <ClientWords of={['followUps']}>
        <DefaultFollowUpForm editable={viewerCan(viewer, 'schedule.change')} />
      </ClientWords>
    </HydrateClient>
  );
}
