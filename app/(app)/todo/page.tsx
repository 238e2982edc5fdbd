import type { Metadata } from 'next';
import { TodoList } from '@/components/todo/todo-list';
import { api, getQueryClient, HydrateClient, trpc } from '@/components/trpc/server';
import { PageHeader } from '@/components/ui/page-header';
import { requireViewer } from '@/server/trpc/context';

export const metadata: Metadata = { title: 'To do' };

/** The only place that asks for anything. */
export default async function TodoPage() {
  const [viewer, caller] = await Promise.all([requireViewer(), api()]);
  const [workspace] = await Promise.all([
    caller.workspace.get(),
    getQueryClient().prefetchQuery(trpc.todo.list.queryOptions()),
  ]);
  const { role } = viewer.workspace;
  return (
    <HydrateClient>
      <PageHeader title="To do" description="Decisions and tasks that only a person can take." />
      <TodoList
        zone={workspace.timeZone}
        canDecide={role === 'owner' || role === 'manager'}
        canWrite={role !== 'viewer'}
      />
    </HydrateClient>
  );
}
