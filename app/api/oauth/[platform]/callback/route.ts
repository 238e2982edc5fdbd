import { withOutageResponse } from '@/app/api/outage-answer';
import { completeConnection } from '@/server/domains/connections/complete-connection';
import { returnToSchema } from '@/server/domains/connections/schemas';
import { env } from '@/server/foundation/env';
import { ctxForViewer, getViewer } from '@/server/trpc/context';

export const dynamic = 'force-dynamic';

/**
 * The redirect target of the platforms. Always responds with a redirect to a page of this app, so that the code and the state stay neither
 * in the address bar nor in a Referer.
 */
export const GET = withOutageResponse(
  async (request: Request, { params }: { params: Promise<{ platform: string }> }): Promise<Response> => {
    const { platform } = await params;
    const query = new URL(request.url).searchParams;
    const viewer = await getViewer();
    if (!viewer) return away(`/sign-in?next=${encodeURIComponent('/connections?connection=signed_out')}`);
    if (!viewer.workspace) return away('/onboarding/plan');
    const outcome = await completeConnection({
      ctx: await ctxForViewer(viewer),
      input: { platform, state: query.get('state'), code: query.get('code'), error: query.get('error') },
    });
    const checked = returnToSchema.safeParse(outcome.returnTo);
    const back = new URL(checked.success ? checked.data : '/connections', env().appUrl);
    back.searchParams.set('connection', outcome.code);
    back.searchParams.set('platform', platform.slice(0, 20));
    return away(`${back.pathname}${back.search}`);
  },
);

function away(path: string): Response {
  return new Response(null, {
    status: 303,
    headers: {
      Location: `${env().appUrl}${path}`,
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'no-referrer',
    },
  });
}
