import type { Metadata } from 'next';
import { RepeatsView } from '@/components/series/series-view';
import { api, HydrateClient } from '@/components/trpc/server';
import { requireViewer } from '@/server/trpc/context';

export const metadata: Metadata = { title: 'Repeats' };

export default async function RepeatsPage() {
  const [viewer, caller] = await Promise.all([requireViewer(), api()]);
  const { timeZone } = await caller.workspace.get();
  return (
    <HydrateClient>
      <RepeatsView zone={timeZone} canWrite={viewer.workspace.role !== 'viewer'} />
    </HydrateClient>
  );
}
