import { getTranslations } from 'next-intl/server';
import { PlatformGrid } from '@/components/connections/platform-grid';
import { api } from '@/components/trpc/server';
import { PageHeader } from '@/components/ui/page-header';
import { ClientWords } from '@/components/words/client-words';
import { titled } from '@/components/words/titled';
import { requireViewer } from '@/server/trpc/context';
import { viewerCan } from '@/server/verbs/context';

export const generateMetadata = titled('connections');

/** The platforms with their connected accounts, and the platforms that can still be connected. */
export default async function ConnectionsPage() {
  const [viewer, caller, t] = await Promise.all([requireViewer(), api(), getTranslations('connections')]);
  const [platforms, connections, choice, workspace] = await Promise.all([
    caller.connections.available(),
    caller.connections.list(),
    caller.connections.choice(),
    caller.workspace.get(),
  ]);
  return (
    <>
      <PageHeader title={t('title')} description={t('description')} />
      <ClientWords of={['connections']}>
        <PlatformGrid
          platforms={platforms}
          connections={connections}
          choice={choice}
          returnTo="/connections"
          zone={workspace.timeZone}
          canManage={viewerCan(viewer, 'connections.manage')}
        />
      </ClientWords>
    </>
  );
}
