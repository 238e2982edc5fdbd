import { withOutageResponse } from '@/app/api/outage-answer';
import { followChanges } from '@/server/domains/live/follow-changes';
import { isAppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { ctxForViewer, getViewer } from '@/server/trpc/context';
import { isSameOrigin } from '@/server/trpc/same-origin';
import { refuse, refuseError } from '../answer';
import { serverSentEvents } from './server-sent-events';

export const dynamic = 'force-dynamic';
/** Serverless functions have a time limit. The stream says goodbye before it, and the page reconnects. */
export const maxDuration = 300;
const LIFETIME_MS = 240_000;
const SPREAD_MS = 40_000;

/**
 * Server-sent events for changes in the member's workspace. They carry topics and ids, never contents; the client then reads the data
 * through the API, which checks its permissions. `Last-Event-ID` or `?since=` resumes. `?once=1` reports the missed changes and ends, for
 * networks that buffer streams.
 */
export const GET = withOutageResponse(async (request: Request): Promise<Response> => {
  if (!isSameOrigin(request)) return refuse(request, 403, fact('errors.otherSite'));
  const viewer = await getViewer();
  if (!viewer) return refuse(request, 401, fact('errors.signIn'));
  if (!viewer.workspace) return refuse(request, 403, fact('errors.noWorkspace'));
  const { searchParams } = new URL(request.url);
  const lastEventId = request.headers.get('last-event-id') || searchParams.get('since');
  let events: Awaited<ReturnType<typeof followChanges>>;
  try {
    events = await followChanges(await ctxForViewer(viewer), { since: lastEventId });
  } catch (error) {
    if (!isAppError(error) || error.code !== 'rate_limited') return refuseError(request, error);
    const answer = refuse(request, 429, error.fact);
    answer.headers.set('Retry-After', '30');
    return answer;
  }
  const stream = serverSentEvents(events, {
    signal: request.signal,
    // With jitter, so that clients that connected together do not reconnect together.
    lifetimeMs: LIFETIME_MS + Math.random() * SPREAD_MS,
    once: searchParams.get('once') === '1',
  });
  return new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>, {
    headers: {
      'Content-Type': 'text/event-stream; charset=utf-8',
      // no-transform keeps proxies and our own server from compressing the stream, which would delay events.
      'Cache-Control': 'private, no-store, no-transform',
      'X-Accel-Buffering': 'no',
    },
  });
});
