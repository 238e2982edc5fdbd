'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { PenLine, Send } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useUnlessLive } from '@/components/live/store';
import { OptionsShown } from '@/components/options/options-shown';
import { characterLimit, platformName } from '@/components/platforms/catalogue';
import { Counter } from '@/components/platforms/character-counter';
import { useTRPC } from '@/components/trpc/client';
import { Badge, type BadgeVariant } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card, CardContent, CardHeader, CardTitle } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';
import { Time } from '@/components/ui/time';
import { type Standing, shownOf } from './post-contents';
import { PostPreview } from './post-preview';
import { PublicationRow } from './publication-row';
import { pollInterval } from './refresh-interval';
import { PublicationNews } from './status-text';
import { threadsOf } from './threads';

const LOOKS: Record<Standing, BadgeVariant> = {
  sending: 'accent',
  goes: 'secondary',
  sent: 'positive',
  perhaps: 'warning',
  failed: 'destructive',
  draft: 'outline',
};

/** A post with its texts and the outcome of each. Updates automatically. */
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
  const t = useTranslations('publications.view');
  const trpc = useTRPC();
  const ask = useUnlessLive(pollInterval);
  const { data } = useSuspenseQuery(
    trpc.posts.get.queryOptions(
      { id },
      { refetchInterval: (query) => (ask ? ask(query.state.data?.publications) : false) },
    ),
  );
  const { post, publications } = data;
  const shown = shownOf(data);
  const sentBefore = publications.some((p) => p.state !== 'cancelled');
  const topic = post.topicId ? topics[post.topicId] : undefined;
  const edit = (
    <Button asChild variant={publications.length > 0 ? 'outline' : 'default'}>
      <Link href={`/compose?post=${post.id}`}>
        <PenLine aria-hidden /> {t('edit')}
      </Link>
    </Button>
  );
  return (
    <>
      <PageHeader
        back={{ href: '/library', label: t('back') }}
        title={<span dir="auto">{post.title}</span>}
        badge={topic ? <Badge variant="outline">{topic}</Badge> : null}
        description={t.rich('changed', { time: () => <Time at={post.updatedAt} zone={zone} showZone /> })}
        action={canWrite ? edit : null}
      />
      <PublicationNews publications={publications} />
      <div className="grid gap-4">
        <Card>
          <CardHeader>
            <CardTitle>{t('where')}</CardTitle>
          </CardHeader>
          {publications.length === 0 ? (
            <EmptyState
              size="compact"
              icon={Send}
              title={t('unsent.title')}
              description={t('unsent.description')}
              action={
                canWrite ? (
                  <Button asChild variant="outline">
                    <Link href={`/compose?post=${post.id}`}>{t('unsent.action')}</Link>
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
          {shown.map(({ key, standing, platform, accounts, text, link, parts, media, options }) => (
            <Card key={key} data-standing={standing}>
              <CardHeader className="flex! flex-wrap items-center! justify-between gap-2!">
                <CardTitle className="flex min-w-0 flex-wrap items-center gap-2">
                  <span className="wrap-anywhere">{[platformName(platform), ...accounts].join(' · ')}</span>
                  {sentBefore || standing !== 'draft' ? (
                    <Badge variant={LOOKS[standing]}>{t(`stands.${standing}`)}</Badge>
                  ) : null}
                </CardTitle>
                {standing === 'sent' ? null : (
                  <Counter
                    platform={platform}
                    text={text}
                    link={link}
                    limit={characterLimit(platform, media.length > 0)}
                  />
                )}
              </CardHeader>
              <CardContent>
                <PostPreview
                  platform={platform}
                  text={text}
                  link={link}
                  parts={parts}
                  media={media}
                  account={accounts[0] ?? null}
                />
                <OptionsShown options={options} />
              </CardContent>
            </Card>
          ))}
        </div>
        {shown.length === 0 ? (
          <EmptyState
            title={t('noText.title')}
            description={t('noText.description')}
            action={canWrite ? edit : null}
          />
        ) : null}
        {post.prompt ? (
          <Card>
            <CardHeader>
              <CardTitle>{t('prompt')}</CardTitle>
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
