import { withOutageAnswer } from '@/app/api/outage-answer';
import { followChanges } from '@/server/domains/live/follow-changes';
import { isAppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { ctxForViewer, getViewer } from '@/server/trpc/context';
import { isSameOrigin } from '@/server/trpc/same-origin';
import { refuse, refuseError } from '../answer';
import { serverSentEvents } from './server-sent-events';

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
  let events: Awaited<ReturnType<typeof followChanges>>;
  try {
    events = await followChanges(await ctxForViewer(viewer), { since: said });
  } catch (error) {
    if (!isAppError(error) || error.code !== 'rate_limited') return refuseError(request, error);
    const answer = refuse(request, 429, error.fact);
    answer.headers.set('Retry-After', '30');
    return answer;
  }
  const stream = serverSentEvents(events, {
    signal: request.signal,
    // Spread out, so that those who came together do not come again together.
    lifetimeMs: LIFETIME_MS + Math.random() * SPREAD_MS,
    once: searchParams.get('once') === '1',
  });
  return new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>, {
    headers: {
      'Content-Type': 'text/event-stream; charset=utf-8',
      // no-transform keeps proxies and our own server from compressing, which would hold events back.
      'Cache-Control': 'private, no-store, no-transform',
      'X-Accel-Buffering': 'no',
    },
  });
});
