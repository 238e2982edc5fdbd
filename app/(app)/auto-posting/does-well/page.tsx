import type { Metadata } from 'next';
import { DefaultBoostForm } from '@/components/create/boost/default-boost-form';
import { api, getQueryClient, HydrateClient, trpc } from '@/components/trpc/server';
import { requireViewer } from '@/server/trpc/context';

export const metadata: Metadata = { title: 'When a post does well' };

export default async function DoesWellPage() {
  const [viewer] = await Promise.all([requireViewer(), api()]);
  await getQueryClient().fetchQuery(trpc.planning.boost.queryOptions());
  return (
    <HydrateClient>
      <DefaultBoostForm editable={viewer.workspace.role === 'owner' || viewer.workspace.role === 'manager'} />
    </HydrateClient>
  );
}
