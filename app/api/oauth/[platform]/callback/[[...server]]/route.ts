import { withOutageResponse } from '@/app/api/outage-answer';
import { completeConnection } from '@/server/domains/connections/complete-connection';
import { returnToSchema } from '@/server/domains/connections/schemas';
import { env } from '@/server/foundation/env';
import { ctxForViewer, getViewer } from '@/server/trpc/context';

export const dynamic = 'force-dynamic';

/**
 * The redirect target of the platforms. Always responds with a redirect, to a page of this app or
 * once more to the platform, so that the code and the state stay neither
 * in the address bar nor in a Referer.
 */
export const GET = withOutageResponse(
  async (
    request: Request,
    { params }: { params: Promise<{ platform: string; server?: string[] }> },
  ): Promise<Response> => {
    const { platform, server = [] } = await params;
    const query = new URL(request.url).searchParams;
    const viewer = await getViewer();
    if (!viewer) return toPage(`/sign-in?next=${encodeURIComponent('/connections?connection=signed_out')}`);
    if (!viewer.workspace) return toPage('/onboarding/plan');
    const outcome = await completeConnection({
      ctx: await ctxForViewer(viewer),
      input: {
        platform,
        state: query.get('state'),
        code: query.get('code'),
        error: query.get('error'),
        server: server.join('/'),
      },
    });
    if (outcome.again !== undefined) return away(outcome.again);
    const checked = returnToSchema.safeParse(outcome.returnTo);
    const back = new URL(checked.success ? checked.data : '/connections', env().appUrl);
    back.searchParams.set('connection', outcome.code);
    back.searchParams.set('platform', platform.slice(0, 20));
    return toPage(`${back.pathname}${back.search}`);
  },
);

const toPage = (path: string): Response => away(`${env().appUrl}${path}`);

function away(address: string): Response {
  return new Response(null, {
    status: 303,
    headers: {
      Location: address,
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'no-referrer',
    },
  });
}
