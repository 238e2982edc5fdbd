import { PenLine } from 'lucide-react';
import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { LibraryList } from '@/components/library/library-list';
import { api, HydrateClient, prefetch, trpc } from '@/components/trpc/server';
import { Button } from '@/components/ui/button';
import { PageHeader } from '@/components/ui/page-header';
import { ClientWords } from '@/components/words/client-words';
import { titled } from '@/components/words/titled';
import { requireViewer } from '@/server/trpc/context';
import { viewerCan } from '@/server/verbs/context';

export const generateMetadata = titled('library');

export default async function LibraryPage() {
  const [viewer, caller, t] = await Promise.all([requireViewer(), api(), getTranslations('library.page')]);
  const [workspace] = await Promise.all([
    caller.workspace.get(),
    prefetch(
      trpc.posts.list.infiniteQueryOptions({ limit: 30 }, { getNextPageParam: (page) => page.nextCursor }),
    ),
  ]);
  return (
    <HydrateClient>
      <PageHeader
        title={t('title')}
        description={t('description')}
        action={
          <Button asChild>
            <Link href="/compose">
              <PenLine aria-hidden /> {t('compose')}
            </Link>
          </Button>
        }
      />
      <ClientWords of={['library', 'publications']}>
        <LibraryList zone={workspace.timeZone} canWrite={viewerCan(viewer, 'posts.write')} />
      </ClientWords>
    </HydrateClient>
  );
}
