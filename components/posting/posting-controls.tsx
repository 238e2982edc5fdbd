'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { CirclePause, CirclePlay, ListX, OctagonX } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useTRPC } from '@/components/trpc/client';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Time } from '@/components/ui/time';
import { useKeptFocus } from '@/components/ui/use-kept-focus';
import type { PostingIntent } from './intents';
import { usePosting } from './use-posting';

/** Whether posts are published automatically, and the controls for it. `intent` opens the confirmation of one of them. */
export function PostingControls({ zone, intent }: { zone: string; intent?: PostingIntent | undefined }) {
  const t = useTranslations('posting');
  const trpc = useTRPC();
  const { data: state } = useSuspenseQuery(trpc.autoPosting.get.queryOptions());
  const { undo, pause, start, stop, emergency, doing, busy } = usePosting();
  const keepsFocus = useKeptFocus<HTMLElement>(`${state.hold?.kind} ${state.stop?.id}`);
  const router = useRouter();
  const [asked, setAsked] = useState<PostingIntent | undefined>(intent);
  const [seen, setSeen] = useState(intent);
  // The palette can open a confirmation on a page that is already open.
  if (intent !== seen) {
    setSeen(intent);
    setAsked(intent);
  }
  const { hold, may, stop: stopped } = state;
  const open = (which: PostingIntent) => ({
    open: asked === which,
    onOpenChange: (on: boolean) => {
      setAsked(on ? which : undefined);
      if (!on && intent) router.replace('/home', { scroll: false });
    },
  });
  const canEmergency = may.emergency && hold?.kind !== 'emergency';
  return (
    <section
      {...keepsFocus}
      tabIndex={-1}
      aria-label={t('label')}
      className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 rounded-lg border border-border bg-card px-4 py-3"
    >
      <div className="grid min-w-0 gap-0.5">
        <p className="font-medium" aria-live="polite">
          {doing ?? (hold ? t(`held.${hold.kind}.title`) : t('controls.running'))}
        </p>
        <p className="text-muted-foreground">
          {hold ? (
            <>
              {t.rich('controls.by', {
                by: () => <bdi>{hold.by.text}</bdi>,
                time: () => <Time at={hold.since} zone={zone} showZone />,
              })}{' '}
            </>
          ) : null}
          {state.overdue > 0 && hold
            ? t('controls.waitingLate', { count: state.waiting, overdue: state.overdue })
            : t('controls.waiting', { count: state.waiting })}
        </p>
        {hold && hold.sending > 0 ? (
          <p className="text-muted-foreground">{t('controls.onTheWay', { count: hold.sending })}</p>
        ) : null}
        {stopped ? (
          <p className="text-muted-foreground">
            {t('controls.taken', { count: stopped.count })}{' '}
            {may.stop ? (
              <Button variant="link" disabled={busy} onClick={() => undo.mutate({ id: stopped.id })}>
                {t(
                  stopped.wasRunning && hold?.kind === 'stop'
                    ? 'controls.bringBackAndStart'
                    : 'controls.bringBack',
                  { count: stopped.count },
                )}
              </Button>
            ) : null}{' '}
            {t.rich('controls.possibleUntil', {
              time: () => <Time at={stopped.undoUntil} zone={zone} showZone />,
            })}
          </p>
        ) : null}
      </div>
      <div className="flex flex-wrap items-center gap-2">
        {hold?.mayStart ? (
          <Button onClick={() => start.mutate()} loading={start.isPending} disabled={busy}>
            <CirclePlay aria-hidden />
            {t('controls.startAgain')}
          </Button>
        ) : null}
        {!hold && may.pause ? (
          <Button variant="outline" onClick={() => pause.mutate()} loading={pause.isPending} disabled={busy}>
            <CirclePause aria-hidden />
            {t('controls.pause')}
          </Button>
        ) : null}
        {may.stop && (state.waiting > 0 || asked === 'stop') ? (
          <ConfirmDialog
            {...open('stop')}
            {...(state.waiting > 0
              ? {
                  trigger: (
                    <Button variant="ghost" size="sm" className="text-destructive!" disabled={busy}>
                      <ListX aria-hidden />
                      {t('controls.stop')}
                    </Button>
                  ),
                }
              : {})}
            title={
              state.waiting > 0
                ? t('ask.stop.title', { posts: state.waitingPosts, copies: state.waiting })
                : t('ask.stopEmpty.title')
            }
            description={t(state.waiting > 0 ? 'ask.stop.description' : 'ask.stopEmpty.description')}
            confirmLabel={t(state.waiting > 0 ? 'ask.stop.confirm' : 'ask.stopEmpty.confirm')}
            onConfirm={() => stop.mutateAsync()}
          />
        ) : null}
        {canEmergency ? (
          <ConfirmDialog
            {...open('emergency')}
            trigger={
              <Button variant="ghost" size="sm" className="text-destructive!" disabled={busy}>
                <OctagonX aria-hidden />
                {t('controls.emergency')}
              </Button>
            }
            title={t('ask.emergency.title')}
            description={t('ask.emergency.description')}
            confirmLabel={t('ask.emergency.confirm')}
            onConfirm={() => emergency.mutateAsync()}
          />
        ) : null}
        {/* Can be opened from the palette, because a link alone must not change anything. */}
        {!hold && may.pause ? (
          <ConfirmDialog
            {...open('pause')}
            title={t('ask.pause.title')}
            description={t('ask.pause.description')}
            confirmLabel={t('ask.pause.confirm')}
            destructive={false}
            onConfirm={() => pause.mutateAsync()}
          />
        ) : null}
        {hold?.mayStart ? (
          <ConfirmDialog
            {...open('start')}
            title={t('ask.start.title')}
            description={
              state.overdue > 0 ? t('ask.start.late', { count: state.overdue }) : t('ask.start.description')
            }
            confirmLabel={t('ask.start.confirm')}
            destructive={false}
            onConfirm={() => start.mutateAsync()}
          />
        ) : null}
      </div>
    </section>
  );
}
