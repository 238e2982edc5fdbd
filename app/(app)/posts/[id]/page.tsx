import { notFound } from 'next/navigation';
import { PostView } from '@/components/publications/post-view';
import { isTrpcNotFound } from '@/components/trpc/not-found';
import { api, getQueryClient, HydrateClient, trpc } from '@/components/trpc/server';
import { ClientWords } from '@/components/words/client-words';
import { titled } from '@/components/words/titled';
import { requireViewer } from '@/server/trpc/context';
import { viewerCan } from '@/server/verbs/context';

export const generateMetadata = titled('post');

export default async function PostPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const [viewer, caller] = await Promise.all([requireViewer(), api()]);
  const [workspace, { topics }] = await Promise.all([caller.workspace.get(), caller.topics.list()]);
  try {
    await getQueryClient().fetchQuery(trpc.posts.get.queryOptions({ id }));
  } catch (error) {
    if (isTrpcNotFound(error)) notFound();
    throw error;
  }
  return (
    <HydrateClient>
      <ClientWords of={['followUps', 'media', 'preflight', 'publications']}>
        <PostView
          id={id}
          zone={workspace.timeZone}
          topics={Object.fromEntries(
            topics.flatMap((topic) => (topic.id ? [[topic.id, topic.name.text]] : [])),
          )}
          canWrite={viewerCan(viewer, 'posts.write', 'posts.publish')}
        />
      </ClientWords>
    </HydrateClient>
  );
}
