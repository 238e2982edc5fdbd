import type { Metadata } from 'next';
import { PlatformGrid } from '@/components/connections/platform-grid';
import { api } from '@/components/trpc/server';
import { PageHeader } from '@/components/ui/page-header';
import { requireViewer } from '@/server/trpc/context';

export const metadata: Metadata = { title: 'Connections' };

/** The platforms, the accounts that are connected there, and what else can be connected. */
export default async function ConnectionsPage() {
  const [viewer, caller] = await Promise.all([requireViewer(), api()]);
  const [platforms, connections, choice, workspace] = await Promise.all([
    caller.connections.available(),
    caller.connections.list(),
    caller.connections.choice(),
    caller.workspace.get(),
  ]);
  return (
    <>
      <PageHeader
        title="Connections"
        description="The accounts, Pages and shops that Tributary works with. Their keys are stored encrypted and never shown."
      />
      <PlatformGrid
        platforms={platforms}
        connections={connections}
        choice={choice}
        returnTo="/connections"
        zone={workspace.timeZone}
        canManage={viewer.workspace.role === 'owner' || viewer.workspace.role === 'manager'}
      />
    </>
  );
}
