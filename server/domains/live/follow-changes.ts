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
 * Streams the changes in the workspace as they happen: topics and ids, never contents. Clients read the contents through verbs that check
 * permissions. Ends with a `bye`. Throws `rate_limited` if the session has reached its maximum number of streams.
 */
export const followChanges = defineVerb({
  verb: 'live.changes',
  access: 'workspace.read',
  effect: 'read',
  input: followChangesInput,
  output: stream(liveEvent),
  run: async ({ db, clock, workspaceId, actor }, { since }) => {
    // The stream ends with the session, so it requires one.
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

/**
 * Returns a listener's events, or null if the session has reached its maximum number of streams. The stream ends when the reader cancels or
 * the hub sends `bye`.
 */
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
