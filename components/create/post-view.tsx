'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { PenLine, Send } from 'lucide-react';
import Link from 'next/link';
import { useUnlessLive } from '@/components/live/store';
import { useTRPC } from '@/components/trpc/client';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card, CardContent, CardHeader, CardTitle } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';
import { Time } from '@/components/ui/time';
import { Counter } from './counter';
import { lookAgainIn } from './in-flight';
import { platformName } from './platforms';
import { PostPreview } from './preview';
import { PublicationRow } from './publication-row';
import { PublicationNews } from './publication-told';
import { threadsOf } from './threads';

/** A post with its texts and what became of each. Follows by itself what happens to them. */
export function PostView({
  id,
  zone,
  topics,
  canWrite,
}: {
  id: string;
  zone: string;
  topics: Record<string, string>;
  canWrite: boolean;
}) {
  const trpc = useTRPC();
  const ask = useUnlessLive(lookAgainIn);
  const { data } = useSuspenseQuery(
    trpc.posts.get.queryOptions(
      { id },
      { refetchInterval: (query) => (ask ? ask(query.state.data?.publications) : false) },
    ),
  );
  const { post, variants, publications } = data;
  const topic = post.topicId ? topics[post.topicId] : undefined;
  const edit = (
    <Button asChild variant={publications.length > 0 ? 'outline' : 'default'}>
      <Link href={`/compose?post=${post.id}`}>
        <PenLine aria-hidden /> Edit
      </Link>
    </Button>
  );
  return (
    <>
      <PageHeader
        back={{ href: '/library', label: 'Library' }}
        title={<span dir="auto">{post.title}</span>}
        badge={topic ? <Badge variant="outline">{topic}</Badge> : null}
        description={
          <>
            Changed <Time at={post.updatedAt} zone={zone} showZone />
          </>
        }
        action={canWrite ? edit : null}
      />
      <PublicationNews publications={publications} />
      <div className="grid gap-4">
        <Card>
          <CardHeader>
            <CardTitle>Where it goes</CardTitle>
          </CardHeader>
          {publications.length === 0 ? (
            <EmptyState
              size="compact"
              icon={Send}
              title="Not sent anywhere yet"
              description="Post it now or choose a time."
              action={
                canWrite ? (
                  <Button asChild variant="outline">
                    <Link href={`/compose?post=${post.id}`}>Post or schedule</Link>
                  </Button>
                ) : null
              }
            />
          ) : (
            <ul className="mt-2 divide-y divide-border border-border border-t">
              {threadsOf(publications).map(({ post: first, parts }) => (
                <PublicationRow
                  key={first.id}
                  publication={first}
                  zone={zone}
                  canWrite={canWrite}
                  parts={parts}
                />
              ))}
            </ul>
          )}
        </Card>
        <div className="grid items-start gap-4 lg:grid-cols-2">
          {variants.map((variant) => (
            <Card key={variant.id}>
              <CardHeader className="flex items-center justify-between gap-2">
                <CardTitle>{platformName(variant.platform)}</CardTitle>
                <Counter platform={variant.platform} text={variant.text} link={variant.link} />
              </CardHeader>
              <CardContent>
                <PostPreview
                  platform={variant.platform}
                  text={variant.text}
                  link={variant.link}
                  parts={variant.parts}
                  media={variant.media}
                  account={publications.find((p) => p.platform === variant.platform)?.connectionName ?? null}
                />
              </CardContent>
            </Card>
          ))}
        </div>
        {variants.length === 0 ? (
          <EmptyState
            title="No text yet"
            description="Write one for each platform."
            action={canWrite ? edit : null}
          />
        ) : null}
        {post.prompt ? (
          <Card>
            <CardHeader>
              <CardTitle>What it was written from</CardTitle>
            </CardHeader>
            <CardContent>
              <p dir="auto" className="wrap-anywhere whitespace-pre-wrap text-muted-foreground">
                {post.prompt}
              </p>
            </CardContent>
          </Card>
        ) : null}
      </div>
    </>
  );
}
