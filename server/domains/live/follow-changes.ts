import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { defineVerb } from '@/server/verbs/define';
import { stream } from '@/server/verbs/streams';
import { readCursor } from './cursor';
import { type Listener, type LiveHub, liveHub } from './hub';
import { followChangesInput, type LiveEvent, liveEvent } from './schemas';

/** A reader that is this many events behind is assumed to be asleep; it resumes when it reconnects. */
const BEHIND = 100;

/**
 * What changes in the workspace, as it happens: topics and ids, never contents; whoever hears of a change reads it where its rights are
 * checked. Ends with a `bye`. Throws `rate_limited` when the session has its number of streams.
 */
export const followChanges = defineVerb({
  verb: 'live.changes',
  permission: 'workspace.read',
  effect: 'read',
  input: followChangesInput,
  output: stream(liveEvent),
  run: async ({ db, clock, workspaceId, actor }, { since }) => {
    // The stream ends with the session, so there has to be one.
    if (actor.kind !== 'member' || !actor.sessionId)
      throw new AppError('forbidden', fact('errors.forbidden.workspace.read'));
    const events = listen(liveHub(db, clock), {
      workspaceId,
      sessionId: actor.sessionId,
      cursor: readCursor(since, clock.now()),
    });
    if (!events) throw new AppError('rate_limited', fact('errors.tooManyPages'));
    return events;
  },
});

/** A listener's events. Ends when the reader leaves and when the hub says goodbye. Null when the session has its number of streams. */
function listen(hub: LiveHub, listener: Omit<Listener, 'tell'>): ReadableStream<LiveEvent> | null {
  let controller: ReadableStreamDefaultController<LiveEvent> | undefined;
  const stop = hub.join({
    ...listener,
    tell(event) {
      controller?.enqueue(event);
      if (event.type !== 'bye' && (controller?.desiredSize ?? 0) >= -BEHIND) return;
      stop?.();
      controller?.close();
      controller = undefined;
    },
  });
  if (!stop) return null;
  return new ReadableStream<LiveEvent>({
    start(made) {
      controller = made;
    },
    cancel() {
      controller = undefined;
      stop();
    },
  });
}
