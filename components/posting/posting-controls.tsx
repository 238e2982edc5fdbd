'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { CirclePause, CirclePlay, ListX, OctagonX } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useTRPC } from '@/components/trpc/client';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Time } from '@/components/ui/time';
import { useKeptFocus } from '@/components/ui/use-kept-focus';
import { HELD } from './held-words';
import type { PostingIntent } from './intents';
import { usePosting } from './use-posting';

const posts = (n: number) => (n === 1 ? '1 post waits' : `${n} posts wait`);

/** "3 posts (7 copies)": what clearing the queue takes out of it. */
const counted = (ofPosts: number, copies: number) =>
  `${ofPosts} ${ofPosts === 1 ? 'post' : 'posts'} (${copies} ${copies === 1 ? 'copy' : 'copies'})`;

/** Whether posts go out by themselves, and the switches for it. `intent` opens the question of one of them. */
export function PostingControls({ zone, intent }: { zone: string; intent?: PostingIntent | undefined }) {
  const trpc = useTRPC();
  const { data: state } = useSuspenseQuery(trpc.autoPosting.get.queryOptions());
  const { undo, pause, start, stop, emergency, doing, busy } = usePosting();
  const keepsFocus = useKeptFocus<HTMLElement>(`${state.hold?.kind} ${state.stop?.id}`);
  const router = useRouter();
  const [asked, setAsked] = useState<PostingIntent | undefined>(intent);
  const [seen, setSeen] = useState(intent);
  // The palette can ask again on a page that is already open.
  if (intent !== seen) {
    setSeen(intent);
    setAsked(intent);
  }
  const { hold, may } = state;
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
      aria-label="Auto-posting"
      className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 rounded-lg border border-border bg-card px-4 py-3"
    >
      <div className="grid min-w-0 gap-0.5">
        <p className="font-medium" aria-live="polite">
          {doing ?? (hold ? HELD[hold.kind].title : 'Posts go out at their times')}
        </p>
        <p className="text-muted-foreground">
          {hold ? (
            <>
              By <bdi>{hold.by}</bdi>, <Time at={hold.since} zone={zone} showZone />.{' '}
            </>
          ) : null}
          {posts(state.waiting)}
          {state.overdue > 0 && hold
            ? `, ${state.overdue} past ${state.overdue === 1 ? 'its' : 'their'} time`
            : ''}
          .
        </p>
        {hold && hold.sending > 0 ? (
          <p className="text-muted-foreground">
            {hold.sending === 1 ? 'One post was' : `${hold.sending} posts were`} already on the way and cannot
            be called back.
          </p>
        ) : null}
        {state.stop ? (
          <p className="text-muted-foreground">
            {state.stop.count === 1 ? 'One post was' : `${state.stop.count} posts were`} taken out of the
            queue.{' '}
            {may.stop ? (
              <Button
                variant="link"
                disabled={busy}
                onClick={() => undo.mutate({ id: state.stop?.id ?? '' })}
              >
                Bring {state.stop.count === 1 ? 'it' : 'them'} back
                {state.stop.wasRunning && hold?.kind === 'stop' ? ' and start again' : ''}
              </Button>
            ) : null}{' '}
            Possible until <Time at={state.stop.undoUntil} zone={zone} showZone />.
          </p>
        ) : null}
      </div>
      <div className="flex flex-wrap items-center gap-2">
        {hold?.mayStart ? (
          <Button onClick={() => start.mutate()} loading={start.isPending} disabled={busy}>
            <CirclePlay aria-hidden />
            Start again
          </Button>
        ) : null}
        {!hold && may.pause ? (
          <Button variant="outline" onClick={() => pause.mutate()} loading={pause.isPending} disabled={busy}>
            <CirclePause aria-hidden />
            Pause
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
                      Stop and clear
                    </Button>
                  ),
                }
              : {})}
            title={
              state.waiting > 0
                ? `Take ${counted(state.waitingPosts, state.waiting)} out of the queue?`
                : 'Stop posting? Nothing waits.'
            }
            description={
              state.waiting > 0
                ? 'Posting stops, and everything that waits to go out or to be approved is taken out of the queue. You can bring it back for 24 hours.'
                : 'Posting stops until somebody starts it again.'
            }
            confirmLabel={state.waiting > 0 ? 'Stop and clear' : 'Stop posting'}
            onConfirm={() => stop.mutateAsync()}
          />
        ) : null}
        {canEmergency ? (
          <ConfirmDialog
            {...open('emergency')}
            trigger={
              <Button variant="ghost" size="sm" className="text-destructive!" disabled={busy}>
                <OctagonX aria-hidden />
                Emergency stop
              </Button>
            }
            title="Stop everything in this workspace"
            description="From this moment nothing is posted, listed, taken down or priced, for every member and every account. What is being sent right now cannot be called back. The queue is kept, and every member is told by e-mail. A manager or an owner can start it again."
            confirmLabel="Stop everything"
            onConfirm={() => emergency.mutateAsync()}
          />
        ) : null}
        {/* Asked for from the palette: a link alone changes nothing. */}
        {!hold && may.pause ? (
          <ConfirmDialog
            {...open('pause')}
            title="Pause posting"
            description="Nothing goes out until somebody starts it again. The queue is kept; writing and approving go on."
            confirmLabel="Pause"
            destructive={false}
            onConfirm={() => pause.mutateAsync()}
          />
        ) : null}
        {hold?.mayStart ? (
          <ConfirmDialog
            {...open('start')}
            title="Start posting again"
            description={
              state.overdue > 0
                ? `${posts(state.overdue)} past ${state.overdue === 1 ? 'its' : 'their'} time. The rule for missed posts decides what happens to ${state.overdue === 1 ? 'it' : 'them'}.`
                : 'Posts go out at their times again.'
            }
            confirmLabel="Start again"
            destructive={false}
            onConfirm={() => start.mutateAsync()}
          />
        ) : null}
      </div>
    </section>
  );
}
