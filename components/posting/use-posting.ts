'use client';

import { useMutation, useMutationState, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import { toast } from '@/components/ui/toast';
import type { Messages } from '@/i18n/message-types';
import type { PostingState } from '@/server/domains/posting-control/schemas';
import { applyResult } from './answer';

type Doing = keyof Messages['posting']['doing'];
const DOING: readonly string[] = [
  'pause',
  'stop',
  'emergencyStop',
  'start',
  'undoStop',
] satisfies readonly Doing[];

/**
 * Returns which change from this tab is in progress, as text, wherever it was started; null if none is. A change is not reported as done
 * before the server confirms it.
 */
export function useDoing(): string | null {
  const t = useTranslations('posting.doing');
  const trpc = useTRPC();
  const [name] = useMutationState({
    filters: { mutationKey: trpc.autoPosting.pathKey(), status: 'pending' },
    select: ({ options }) => (options.mutationKey?.[0] as string[] | undefined)?.at(-1),
  });
  return name === undefined ? null : t(DOING.includes(name) ? (name as Doing) : 'other');
}

/**
 * Pauses, stops and starts posting, each with a message afterwards. The result of a change is shown everywhere immediately; the rest of the
 * page follows. A refused change leaves everything as it is and reports the reason.
 */
export function usePosting() {
  const t = useTranslations('posting.done');
  const trpc = useTRPC();
  const router = useRouter();
  const queries = useQueryClient();
  const { report } = useAppError();
  const keys = { posting: trpc.autoPosting.get.queryKey(), shell: trpc.home.shell.queryKey() };
  const after = (tell: (state: PostingState) => unknown) => ({
    // Without a connection it fails immediately, instead of being sent later when the user no longer wants it.
    networkMode: 'always' as const,
    onError: (error: unknown) => {
      report(error);
      // It may have been refused because the displayed state is outdated.
      void queries.invalidateQueries({ queryKey: trpc.autoPosting.pathKey() });
      void queries.invalidateQueries({ queryKey: keys.shell });
    },
    onSuccess: async (state: PostingState) => {
      await applyResult(queries, keys, state);
      tell(state);
      for (const path of [trpc.publications.pathKey(), trpc.todo.pathKey()])
        void queries.invalidateQueries({ queryKey: path });
      router.refresh();
    },
  });
  const undo = useMutation(
    trpc.autoPosting.undoStop.mutationOptions(
      after(({ hold }) => toast.success(t(hold ? 'backButHeld' : 'back'))),
    ),
  );
  const pause = useMutation(trpc.autoPosting.pause.mutationOptions(after(() => toast(t('paused')))));
  const start = useMutation(trpc.autoPosting.start.mutationOptions(after(() => toast.success(t('started')))));
  const stop = useMutation(
    trpc.autoPosting.stop.mutationOptions(
      after(({ stop: made }) =>
        made
          ? toast(t('stopped', { count: made.count }), {
              duration: 15_000,
              action: { label: t('undo'), onClick: () => undo.mutate({ id: made.id }) },
            })
          : toast(t('stoppedEmpty')),
      ),
    ),
  );
  const emergency = useMutation(
    trpc.autoPosting.emergencyStop.mutationOptions(
      after(({ hold }) =>
        toast(hold?.sending ? t('emergencySending', { count: hold.sending }) : t('emergency')),
      ),
    ),
  );
  const doing = useDoing();
  return { undo, pause, start, stop, emergency, doing, busy: doing !== null };
}
