import { getTranslations } from 'next-intl/server';
import { TodoList } from '@/components/todo/todo-list';
import { api, getQueryClient, HydrateClient, trpc } from '@/components/trpc/server';
import { PageHeader } from '@/components/ui/page-header';
import { ClientWords } from '@/components/words/client-words';
import { titled } from '@/components/words/titled';
import { requireViewer } from '@/server/trpc/context';
import { viewerCan } from '@/server/verbs/context';

export const generateMetadata = titled('todo');

/** The only page that asks the user to do something. */
export default async function TodoPage() {
  const [viewer, caller, t] = await Promise.all([requireViewer(), api(), getTranslations('todo')]);
  const [workspace] = await Promise.all([
    caller.workspace.get(),
    getQueryClient().prefetchQuery(trpc.todo.list.queryOptions()),
  ]);
  return (
    <ClientWords of={['todo', 'media']}>
      <HydrateClient>
        <PageHeader title={t('title')} description={t('description')} />
        <TodoList
          zone={workspace.timeZone}
          canDecide={viewerCan(viewer, 'posts.decide')}
          canWrite={viewerCan(viewer, 'actions.complete')}
        />
      </HydrateClient>
    </ClientWords>
  );
}
