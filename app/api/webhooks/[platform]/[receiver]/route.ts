import { withOutageResponse } from '@/app/api/outage-answer';
import { services } from '@/inngest/services';
import { confirm, type Place, receive } from './respond';

export const dynamic = 'force-dynamic';

interface Context {
  params: Promise<Place>;
}

/** Receives the webhooks of platforms. */
export const POST = withOutageResponse(
  async (request: Request, { params }: Context): Promise<Response> =>
    receive(await services(), request, await params),
);

/** Confirms an address to the platform that is told to use it. */
export const GET = withOutageResponse(
  async (request: Request, { params }: Context): Promise<Response> =>
    confirm(await services(), request, await params),
);
