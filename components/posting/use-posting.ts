'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import { toast } from '@/components/ui/toast';

const posts = (n: number) => (n === 1 ? '1 post' : `${n} posts`);

/** Pausing, stopping and starting, with what is said afterwards. Every page shows the new state. */
export function usePosting() {
  const trpc = useTRPC();
  const router = useRouter();
  const queries = useQueryClient();
  const { report } = useAppError();
  const after = {
    onError: report,
    onSettled: () => {
      for (const path of [trpc.publications.pathKey(), trpc.todo.pathKey(), trpc.home.pathKey()])
        void queries.invalidateQueries({ queryKey: path });
      router.refresh();
    },
  };
  const undo = useMutation(
    trpc.autoPosting.undoStop.mutationOptions({
      ...after,
      onSuccess: ({ hold }) =>
        void toast.success(hold ? 'The queue is back. Posting is still held.' : 'The queue is back.'),
    }),
  );
  const pause = useMutation(
    trpc.autoPosting.pause.mutationOptions({
      ...after,
      onSuccess: () => void toast('Posting is paused. The queue is kept.'),
    }),
  );
  const start = useMutation(
    trpc.autoPosting.start.mutationOptions({
      ...after,
      onSuccess: () => void toast.success('Posting goes on.'),
    }),
  );
  const stop = useMutation(
    trpc.autoPosting.stop.mutationOptions({
      ...after,
      onSuccess: ({ stop: made }) =>
        made
          ? toast(`Posting is stopped. ${posts(made.count)} taken out of the queue.`, {
              duration: 15_000,
              action: { label: 'Undo', onClick: () => undo.mutate({ id: made.id }) },
            })
          : toast('Posting is stopped. The queue was empty.'),
    }),
  );
  const emergency = useMutation(
    trpc.autoPosting.emergencyStop.mutationOptions({
      ...after,
      onSuccess: ({ hold }) =>
        void toast(
          hold?.sending
            ? `Everything is stopped. ${posts(hold.sending)} on the way could not be called back.`
            : 'Everything is stopped. Every member is told.',
        ),
    }),
  );
  const busy = [undo, pause, start, stop, emergency].some((m) => m.isPending);
  return { undo, pause, start, stop, emergency, busy };
}
