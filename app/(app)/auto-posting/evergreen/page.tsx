import type { Metadata } from 'next';
import { EvergreenView } from '@/components/evergreen/evergreen-view';
import { api, HydrateClient } from '@/components/trpc/server';
import { requireViewer } from '@/server/trpc/context';

export const metadata: Metadata = { title: 'Evergreen' };

export default async function EvergreenPage() {
  const [viewer, caller] = await Promise.all([requireViewer(), api()]);
  const { timeZone } = await caller.workspace.get();
  return (
    <HydrateClient>
      <EvergreenView zone={timeZone} canWrite={viewer.workspace.role !== 'viewer'} />
    </HydrateClient>
  );
}
