import type { Metadata } from 'next';
import { DefaultFollowUpForm } from '@/components/follow-ups/default-follow-up-form';
import { api, getQueryClient, HydrateClient, trpc } from '@/components/trpc/server';
import { requireViewer } from '@/server/trpc/context';

export const metadata: Metadata = { title: 'When a post does well' };

export default async function DoesWellPage() {
  const [viewer] = await Promise.all([requireViewer(), api()]);
  await getQueryClient().fetchQuery(trpc.planning.boost.queryOptions());
  return (
    <HydrateClient>
      <DefaultFollowUpForm
        editable={viewer.workspace.role === 'owner' || viewer.workspace.role === 'manager'}
      />
    </HydrateClient>
  );
}
