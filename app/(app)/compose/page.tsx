import { notFound } from 'next/navigation';
import { getLocale } from 'next-intl/server';
import { Composer } from '@/components/compose/composer';
import { type Draft, EMPTY } from '@/components/compose/draft';
import { draftOf } from '@/components/compose/draft-of';
import { isTrpcNotFound } from '@/components/trpc/not-found';
import { api } from '@/components/trpc/server';
import { zoneName } from '@/components/ui/time';
import { ClientWords } from '@/components/words/client-words';
import { titled } from '@/components/words/titled';
import { firstPlatforms } from '@/server/connectors/faces';
import { requireViewer } from '@/server/trpc/context';
import { viewerCan } from '@/server/verbs/context';

export const generateMetadata = titled('compose');

/** Composes a new post, or continues an existing one: `?post=<id>`. */
export default async function ComposePage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const { post: postId } = await searchParams;
  const [viewer, caller, locale] = await Promise.all([requireViewer(), api(), getLocale()]);
  const [allConnections, { topics }, allowance, workspace] = await Promise.all([
    caller.connections.list(),
    caller.topics.list(),
    caller.generation.status(),
    caller.workspace.get(),
  ]);
  const connections = allConnections.filter((c) => c.capabilities.includes('publish'));
  const chosen = topics.filter((topic) => topic.chosen && topic.id !== null);
  let initial: Draft = {
    ...EMPTY,
    topicId: chosen[0]?.id ?? null,
    targets:
      connections.length > 0
        ? connections.filter((c) => c.status === 'active').map((c) => c.id)
        : firstPlatforms().map((id) => `platform:${id}`),
  };
  let editing = false;
  if (typeof postId === 'string') {
    try {
      const detail = await caller.posts.get({ id: postId });
      initial = draftOf(detail, connections);
      editing = detail.publications.some((publication) => publication.state !== 'cancelled');
    } catch (error) {
      if (isTrpcNotFound(error)) notFound();
      throw error;
    }
  }
  return (
    <ClientWords
      of={[
        'compose',
        'facts.media',
        'files',
        'followUps',
        'media',
        'options',
        'posting',
        'preflight',
        'publications',
        'series',
      ]}
    >
      <Composer
        key={initial.postId ?? 'new'}
        workspaceId={workspace.id}
        initial={initial}
        connections={connections}
        topics={chosen}
        allowance={allowance}
        zone={workspace.timeZone}
        zoneLabel={`${workspace.timeZone.replaceAll('_', ' ')} (${zoneName(new Date(), workspace.timeZone, locale)})`}
        canWrite={viewerCan(viewer, 'posts.write', 'posts.publish')}
        editing={editing}
      />
    </ClientWords>
  );
}
