import { withOutageAnswer } from '@/app/api/outage-answer';
import { getDb } from '@/db/client';
import { readCursor } from '@/server/domains/live/cursor';
import { liveHub } from '@/server/domains/live/hub';
import { liveStream } from '@/server/domains/live/live-stream';
import { systemClock } from '@/server/foundation/clock';
import { fact } from '@/server/foundation/facts';
import { getViewer } from '@/server/trpc/context';
import { isSameOrigin } from '@/server/trpc/same-origin';
import { refuse } from '../answer';

export const dynamic = 'force-dynamic';
/** Functions end after a time: the stream says goodbye before that, and the page comes again. */
export const maxDuration = 300;
const LIFETIME_MS = 240_000;
const SPREAD_MS = 40_000;

/**
 * Server-sent events of what changes in the member's workspace: topics and ids, never contents; whoever hears of a change reads it where
 * its rights are checked. `Last-Event-ID` or `?since=` resumes; `?once=1` tells what was missed and ends, for places that hold streams back.
 */
export const GET = withOutageAnswer(async (request: Request): Promise<Response> => {
  if (!isSameOrigin(request)) return refuse(request, 403, fact('errors.otherSite'));
  const viewer = await getViewer();
  if (!viewer) return refuse(request, 401, fact('errors.signIn'));
  if (!viewer.workspace) return refuse(request, 403, fact('errors.noWorkspace'));
  const { searchParams } = new URL(request.url);
  const said = request.headers.get('last-event-id') || searchParams.get('since');
  const stream = liveStream({
    hub: liveHub(await getDb(), systemClock),
    listener: {
      workspaceId: viewer.workspace.id,
      sessionId: viewer.sessionId,
      cursor: readCursor(said, systemClock.now()),
    },
    signal: request.signal,
    // Spread out, so that those who came together do not come again together.
    lifetimeMs: LIFETIME_MS + Math.random() * SPREAD_MS,
    once: searchParams.get('once') === '1',
  });
  if (!stream) {
    const answer = refuse(request, 429, fact('errors.tooManyPages'));
    answer.headers.set('Retry-After', '30');
    return answer;
  }
  return new Response(stream, {
    headers: {
      'Content-Type': 'text/event-stream; charset=utf-8',
      // no-transform keeps proxies and our own server from compressing, which would hold events back.
      'Cache-Control': 'private, no-store, no-transform',
      'X-Accel-Buffering': 'no',
    },
  });
});
