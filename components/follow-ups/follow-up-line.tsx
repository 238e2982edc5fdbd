'use client';

import dynamic from 'next/dynamic';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import type { PublicationItem } from '@/components/trpc/outputs';
import { Button } from '@/components/ui/button';
import { Skeleton } from '@/components/ui/skeleton';
import { ruleInWords } from './rule';

// Without a fallback, the page's skeleton would replace the whole page and the focus would be lost.
const Loading = () => <Skeleton className="h-40" />;
const FollowUpEditor = dynamic(() => import('./follow-up-editor').then((m) => m.FollowUpEditor), {
  loading: Loading,
});

/** The follow-up if this post does well, its outcome, and a button to change it until it has happened. */
export function FollowUpLine({
  publication: p,
  canWrite,
}: {
  publication: PublicationItem;
  canWrite: boolean;
}) {
  const t = useTranslations('followUps');
  const [open, setOpen] = useState(false);
  const completed = p.results?.followUpState === 'completed';
  const unseen = p.unseen?.text;
  const may =
    canWrite && p.kind === 'post' && !p.followsId && !completed && !unseen && p.state !== 'cancelled';
  if (!p.followUpRule && !may) return null;
  const text =
    p.results?.followUpNote?.text ??
    (p.followUpRule ? (unseen ?? ruleInWords(t, p.followUpRule, [p.platform])) : null);
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        {text ? <p className="wrap-anywhere min-w-0 text-muted-foreground">{text}</p> : null}
        {may && !open ? (
          <Button size="sm" variant="link" onClick={() => setOpen(true)}>
            {p.followUpRule ? t('line.change') : t('line.set')}
          </Button>
        ) : null}
      </div>
      {may && open ? <FollowUpEditor publication={p} onDone={() => setOpen(false)} /> : null}
    </div>
  );
}
